import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readableName } from './function-name.ts';

test.each([
  ['spin_lock', 'spin_lock'],
  ['t::spin::h0b6589cecede5083', 't::spin'],
  ['<t::ext2::Fs<u8> as t::ext2::Mount>::mount', '<t::ext2::Fs<u8> as t::ext2::Mount>::mount'],
  ['<t::ext2::Fs<T> as t::ext2::Mount>::mount::h903cafd611ada07c', '<t::ext2::Fs<T> as t::ext2::Mount>::mount'],
  // As a demangler for C++ leaves it.
  [
    '_$LT$t..ext2..Fs$LT$T$GT$$u20$as$u20$t..ext2..Mount$GT$::mount::h903cafd611ada07c',
    '<t::ext2::Fs<T> as t::ext2::Mount>::mount',
  ],
  ['core::ptr::drop_in_place$LT$$u5b$u8$u3b$$u20$4$u5d$$GT$::h0123456789abcdef', 'core::ptr::drop_in_place<[u8; 4]>'],
  ['<fn() as core::ops::FnOnce<()>>::call_once', '<fn() as core::ops::FnOnce<()>>::call_once'],
  ['kernel::main::{closure#0}', 'kernel::main::{closure#0}'],
  ['ns::cb(int)', 'ns::cb'],
  ['ns::(anonymous namespace)::anon(char)', 'ns::(anonymous namespace)::anon'],
  ['ns::Foo::operator()(int)', 'ns::Foo::operator()'],
  ['operator new(unsigned long)', 'operator new'],
  ['long ns::Foo::bar<long>(long, void (*)(int)) const', 'ns::Foo::bar<long>'],
  ['std::pair<int, long> make<int, long>()', 'make<int, long>'],
  ['schedule() [clone .cold]', 'schedule'],
  ['__rustc::rust_begin_unwind', '__rustc::rust_begin_unwind'],
  ['$x.0', '$x.0'],
  ['$u110000$', '$u110000$'],
  ['()', '()'],
  ['', ''],
])('%j is read as %j', (demangled, name) => {
  expect(readableName(demangled)).toBe(name);
});

test('whatever a tool says, it does not get longer', () => {
  const part = fc.constantFrom(
    'a',
    '::',
    '<',
    '>',
    '(',
    ')',
    ' ',
    '$LT$',
    '$u20$',
    'operator',
    '{',
    '}',
    '::h0123456789abcdef',
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 20 }).map((parts) => parts.join('')),
      (text) => {
        expect(readableName(text).length).toBeLessThanOrEqual(text.length);
      },
    ),
  );
});
