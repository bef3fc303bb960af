import { defineSuite } from 'twinboot';

defineSuite('fork', {
  needs: ['posix-shell'],
  atLeast: 20,
  cases: {
    fork_test: { run: 'fork_test', about: 'fork() returns twice and each process goes on with its own result' },
    fork_ids_test: { run: 'fork_ids_test', about: "a child has an id of its own and its parent's users" },
    fork_regs_test: { run: 'fork_regs_test', about: 'callee-saved registers survive fork() in parent and child' },
    fork_memory_test: { run: 'fork_memory_test', about: 'memory is the same at first and separate from then on' },
    fork_mmap_shared_test: {
      run: 'fork_mmap_shared_test',
      about: 'shared mappings stay common after fork(), private ones do not',
    },
    fork_state_test: {
      run: 'fork_state_test',
      about: 'descriptors share their offset; directory and umask are copies',
    },
    fork_in_handler_test: {
      run: 'fork_in_handler_test',
      about: 'a signal handler forks and both processes return from it',
    },
    fork_chain_test: { run: 'fork_chain_test', about: 'fifty generations each fork the next' },
    many_children_test: { run: 'many_children_test', about: '200 children live at a time, and 300 come and go' },
    vfork_test: { run: 'vfork_test', about: 'a child of vfork() execs or exits and its parent is unharmed' },
    pipe_fork_test: { run: 'pipe_fork_test', about: 'a pipe connects parent and child and ends with its last writer' },
    waitpid_test: { run: 'waitpid_test', about: 'waitpid() waits for one child, any child or a process group' },
    wnohang_timing_test: { run: 'wnohang_timing_test', about: 'WNOHANG says "not yet" for as long as a child lives' },
    exit_status_test: { run: 'exit_status_test', about: 'the low eight bits of every exit status arrive' },
    signal_status_test: {
      run: 'signal_status_test',
      about: 'a wait status tells exits, deaths, stops and continuations apart',
    },
    exit_cleanup_test: {
      run: 'exit_cleanup_test',
      about: 'the end of a process closes what it held and frees its memory',
    },
    zombie_test: { run: 'zombie_test', about: 'an ended child keeps its id, and nothing else, until waited for' },
    orphan_test: { run: 'orphan_test', about: 'a process outlives its parent and is reaped by a new one' },
    process_group_test: { run: 'process_group_test', about: 'process groups are inherited, made and joined' },
    session_test: { run: 'session_test', about: 'setsid() makes a session for who leads no group yet' },
  },
});
