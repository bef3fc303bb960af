import { defineSuite } from 'twinboot';

defineSuite('exec', {
  needs: ['posix-shell'],
  atLeast: 16,
  cases: {
    exec_file_test: { run: 'exec_file_test', about: 'a program from the filesystem runs in place of the caller' },
    exec_argv_test: { run: 'exec_argv_test', about: 'arguments arrive complete, unchanged and in order' },
    exec_envp_test: { run: 'exec_envp_test', about: 'the given environment arrives, and none of the caller' },
    exec_e2big_test: { run: 'exec_e2big_test', about: 'too large an argument list is E2BIG and the caller goes on' },
    exec_stack_layout_test: {
      run: 'exec_stack_layout_test',
      about: 'argc, argv, envp and auxv lie on an aligned stack as the ABI says',
    },
    register_init_test: { run: 'register_init_test', about: 'registers, flags and floating-point control start fresh' },
    exec_errors_test: { run: 'exec_errors_test', about: 'what cannot run is refused with the right error' },
    cloexec_test: { run: 'cloexec_test', about: 'descriptors marked close-on-exec are closed, and no others' },
    exec_script_test: { run: 'exec_script_test', about: 'a #! script is run by its interpreter' },
    exec_state_test: { run: 'exec_state_test', about: 'process ids, umask, directory and descriptors survive' },
    exec_signals_test: {
      run: 'exec_signals_test',
      about: 'handlers are reset; ignored, blocked and pending signals stay',
    },
    exec_bss_test: { run: 'exec_bss_test', about: 'bss is zero and data is as compiled, whatever memory held before' },
    exec_memory_test: { run: 'exec_memory_test', about: 'nothing of the old address space can be read' },
    exec_many_test: { run: 'exec_many_test', about: 'two hundred programs in a row leak nothing' },
    exec_path_test: { run: 'exec_path_test', about: 'execvp searches PATH in order and past what does not help' },
    fexecve_test: { run: 'fexecve_test', about: 'a program is executed through an open descriptor' },
  },
});
