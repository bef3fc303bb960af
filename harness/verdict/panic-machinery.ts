/**
 * Functions by which a kernel dies, without the paths that they stand in: they are where every panic comes from, and none
 * is at fault for one.
 */
const MACHINERY: readonly RegExp[] = [
  // What kernels call it.
  /^(?:k|v|do_|_+|kernel_|nmi_)?panic(?:_(?:impl|handler|fmt|str|printf|at|with|internal|display|nounwind|bounds_check|const\w*))?$/i,
  /^(?:k|_+)?abort(?:_internal)?$/,
  /^(?:_+|k)?assert(?:ion)?(?:_?fail(?:ed|ure)?|_func|_rtn|_panic)?$/i,
  /^(?:die|halt_and_catch_fire|fatal_error|bug_?check|oops)$/i,
  /^_*(?:print|dump|show|log|do|capture|collect|save)?_*(?:stack|back|call)_?(?:trace|dump|walk)(?:_\w+)?$/i,
  /^_*(?:dump|show|print)_(?:stack|regs|registers|trace)(?:_\w+)?$/,
  // Compilers' runtime: stack protector, sanitizers, pure virtual calls.
  /^__stack_chk_fail\w*$/,
  /^(?:__fortify_(?:fail|panic)|fortify_panic)$/,
  /^__(?:ubsan|asan|kasan|kcsan|msan)_\w+$/,
  /^__cxa_pure_virtual$/,
  /^terminate$/,
  // Linux (kernel/panic.c, arch/*/kernel, mm/kasan).
  /^(?:__die\w*|die_\w+|oops_\w+|page_fault_oops|__warn\w*|warn_slowpath\w*|report_bug|handle_bug)$/,
  /^(?:kasan|kcsan|ubsan|kfence)_\w+$/,
  /^(?:print_report|print_address_description\w*|end_report|dump_stack\w*|ubsan_epilogue|no_context|__?bad_area\w*|\w*do_kernel_fault)$/,
  // Rust: core, alloc and std.
  /^_*(?:rust_begin_unwind|rust_panic\w*|rust_start_panic|begin_panic\w*)$/,
  /^(?:unwrap_failed|expect_failed|slice_\w+_fail\w*|slice_error_fail\w*|handle_alloc_error|alloc_error_handler)$/,
  // Zig's std.
  /^(?:default_?panic|panic(?:Extra|Impl|OutOfBounds|Unwrap\w*|Sentinel\w*|InactiveUnionField|StartGreaterThanEnd)|dump(?:Current)?StackTrace\w*)$/i,
];

/** Whole modules of such functions, and the methods of Rust's types that only pass a panic on. */
const MACHINERY_PATHS: readonly RegExp[] = [
  /^(?:core|std)::(?:panicking|panic|backtrace|backtrace_rs|rt|sys::backtrace|sys_common::backtrace)::/,
  /^core::(?:option::Option|result::Result)<.*>::(?:unwrap|expect)\w*$/,
  /^core::(?:slice|str|option|result|cell)(?:::\w+)*::(?:\w+_fail(?:ed)?|panic_\w+)(?:::\w+)*$/,
  /^(?:std\.debug|debug|builtin)\.(?:panic|assert|default_?panic|FullPanic)/i,
];

/** A panic that was not called by the machinery stands within so many frames, below functions of whatever name. */
const OWN_FRAMES = 4;
/** By these every panic goes: what they call is machinery, too. */
const ENTRIES =
  /^(?:k|kernel_|do_)?panic$|^rust_begin_unwind$|^core::panicking::panic_fmt$|^__assert_fail$|^__stack_chk_fail$/i;

/**
 * Frames from the place at fault on: without those of the panic's own functions above it. All of them, where there is
 * nothing else. A frame without a name is taken to be at fault.
 * @param frames Innermost first.
 */
export function withoutMachinery<Frame extends { readonly function?: string }>(
  frames: readonly Frame[],
): readonly Frame[] {
  const names = frames.map(({ function: name }) => name && plainName(name));
  const entry = names.slice(0, OWN_FRAMES).findLastIndex((name) => name !== undefined && ENTRIES.test(name));
  let first = entry + 1;
  while (first < names.length && isMachinery(names[first])) first++;
  return first < frames.length ? frames.slice(first) : frames;
}

function isMachinery(name: string | undefined): boolean {
  if (name === undefined) return false;
  if (MACHINERY_PATHS.some((pattern) => pattern.test(name))) return true;
  const last = /[\w$]+$/.exec(name.slice(-100))?.[0] ?? name;
  return MACHINERY.some((pattern) => pattern.test(last));
}

/** Without what compilers add to a name: Rust's hash, GCC's and LLVM's clones, arguments, template arguments of the last part. */
function plainName(name: string): string {
  return name
    .slice(0, 300)
    .replace(/::h[0-9a-f]{16}$/, '')
    .replace(/\(.*$/, '')
    .replace(/\.(?:cold|isra|constprop|part|llvm|lto_priv|localalias)(?:\.\d+)*$/, '');
}
