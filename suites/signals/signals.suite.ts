import { defineSuite } from 'twinboot';

defineSuite('signals', {
  needs: ['posix-shell'],
  atLeast: 37,
  cases: {
    signal_test: { run: 'signal_test', about: 'a signal sent by kill() ends a child, whether it sleeps or spins' },
    signal_handler_test: {
      run: 'signal_handler_test',
      about: "a handler is called with the signal's number and stays installed",
    },
    signal_return_test: { run: 'signal_return_test', about: 'a program goes on after a handler exactly where it was' },
    signal_regs_test: { run: 'signal_regs_test', about: 'every register survives a handler that overwrites them all' },
    signal_mask_test: { run: 'signal_mask_test', about: 'a blocked signal is seen waiting and delivered once let in' },
    signal_ignore_test: {
      run: 'signal_ignore_test',
      about: 'ignored signals do nothing, others end the process by default',
    },
    nested_signal_test: {
      run: 'nested_signal_test',
      about: "a signal interrupts another's handler, unless sa_mask says to wait",
    },
    siglongjmp_test: { run: 'siglongjmp_test', about: 'a handler may leave by siglongjmp(), a thousand times' },
    sigaltstack_test: {
      run: 'sigaltstack_test',
      about: 'a handler runs on the alternate stack, also after a stack overflow',
    },
    sa_siginfo_test: { run: 'sa_siginfo_test', about: 'a handler is told who sent the signal and how' },
    sa_restart_test: {
      run: 'sa_restart_test',
      about: 'an interrupted system call fails with EINTR or goes on with SA_RESTART',
    },
    sa_nodefer_test: { run: 'sa_nodefer_test', about: 'SA_NODEFER lets a signal interrupt its own handler' },
    sa_resethand_test: { run: 'sa_resethand_test', about: 'SA_RESETHAND makes a handler good for one signal' },
    pause_test: { run: 'pause_test', about: 'pause() waits until a handler has run' },
    sigsuspend_test: { run: 'sigsuspend_test', about: 'sigsuspend() opens the mask and waits in one step' },
    sigwait_test: { run: 'sigwait_test', about: 'sigwait() takes a blocked signal without running a handler' },
    pselect_signal_test: { run: 'pselect_signal_test', about: 'pselect() lets signals in only while it waits' },
    signal_pingpong_test: {
      run: 'signal_pingpong_test',
      about: 'two processes wake each other by signals and lose none',
    },
    realtime_signal_test: {
      run: 'realtime_signal_test',
      about: 'real-time signals are queued in order, with their values',
    },
    alarm_test: { run: 'alarm_test', about: 'alarm() sends SIGALRM after its seconds and not before' },
    itimer_test: { run: 'itimer_test', about: 'an interval timer repeats, tells what remains and can be cancelled' },
    signal_fork_test: {
      run: 'signal_fork_test',
      about: 'a child inherits handlers and mask, and changes only its own',
    },
    fork_pending_signal_test: {
      run: 'fork_pending_signal_test',
      about: 'pending signals and timers are not copied by fork()',
    },
    signal_exec_test: {
      run: 'signal_exec_test',
      about: 'exec resets handlers and keeps what is ignored, blocked or pending',
    },
    sigchld_test: { run: 'sigchld_test', about: 'the end of a child sends SIGCHLD with its cause' },
    sigchld_job_test: { run: 'sigchld_job_test', about: 'a parent learns that its child stopped and went on' },
    kill_process_group_test: {
      run: 'kill_process_group_test',
      about: 'kill() reaches every member of a process group and nobody else',
    },
    kill_permission_test: {
      run: 'kill_permission_test',
      about: 'kill() says EINVAL, ESRCH or EPERM when it does not send',
    },
    sigkill_sigstop_uncatchable_test: {
      run: 'sigkill_sigstop_uncatchable_test',
      about: 'SIGKILL and SIGSTOP cannot be handled, ignored or blocked',
    },
    ctrl_c_test: { run: 'ctrl_c_test', about: 'SIGINT ends a child, sent by kill() and typed as ^C on a terminal' },
    job_control_test: {
      run: 'job_control_test',
      about: 'background jobs stop at the terminal until brought to the foreground',
    },
    sigpipe_test: { run: 'sigpipe_test', about: 'writing to a pipe that nobody reads sends SIGPIPE' },
    sigsegv_test: { run: 'sigsegv_test', about: 'a bad memory access raises SIGSEGV with its address and reason' },
    sigbus_test: { run: 'sigbus_test', about: 'a mapped page past the end of its file raises SIGBUS' },
    sigfpe_test: { run: 'sigfpe_test', about: 'division by zero raises SIGFPE where the processor traps it' },
    sigill_test: { run: 'sigill_test', about: 'undefined, privileged and breakpoint instructions end in a signal' },
    abort_test: { run: 'abort_test', about: 'abort() ends the process whatever it does with SIGABRT' },
  },
});
