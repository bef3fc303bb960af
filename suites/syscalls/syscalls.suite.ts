import { defineSuite } from 'twinboot';

defineSuite('syscalls', {
  needs: ['posix-shell'],
  atLeast: 21,
  cases: {
    pipe_test: {
      run: 'pipe_test',
      about: 'a pipe passes bytes once, in order, and both ends learn when the other is gone',
    },
    pipe_refcount_test: { run: 'pipe_refcount_test', about: 'a pipe ends with the last descriptor of its writing end' },
    poll_test: { run: 'poll_test', about: 'poll tells what is ready and waits until something is' },
    select_test: { run: 'select_test', about: 'select leaves the ready descriptors in its sets' },
    stdin_test: { run: 'stdin_test', about: 'standard input is read from a pipe, a file, or is not there' },
    dup_test: { run: 'dup_test', about: 'duplicates share one open file' },
    fcntl_test: { run: 'fcntl_test', about: 'O_NONBLOCK turns waiting into EAGAIN' },
    fcntl_lock_test: { run: 'fcntl_lock_test', about: 'record locks keep other processes out' },
    descriptor_limit_test: { run: 'descriptor_limit_test', about: 'descriptors run out with EMFILE and come back' },
    file_offset_test: { run: 'file_offset_test', about: 'reads, writes, lseek and open agree on the offset' },
    readv_writev_test: { run: 'readv_writev_test', about: 'one call reads or writes several pieces of memory' },
    stat_test: { run: 'stat_test', about: 'stat tells type, mode, size and links of a file' },
    working_directory_test: { run: 'working_directory_test', about: 'chdir changes where relative paths start' },
    mmap_test: { run: 'mmap_test', about: 'memory is mapped, shared, protected and unmapped as asked' },
    brk_test: { run: 'brk_test', about: 'brk moves the end of a heap of fresh zeros' },
    efault_test: { run: 'efault_test', about: 'a bad address is EFAULT and never reaches kernel memory' },
    enosys_test: { run: 'enosys_test', about: 'an unknown system call is ENOSYS' },
    process_ids_test: { run: 'process_ids_test', about: 'processes know their ids, parents, groups and sessions' },
    clock_gettime_test: { run: 'clock_gettime_test', about: 'clocks run and the monotonic one never goes back' },
    nanosleep_test: { run: 'nanosleep_test', about: 'a sleep is not too short and a signal ends it' },
    timer_test: { run: 'timer_test', about: 'timers send their signal in time, once or again and again' },
  },
});
