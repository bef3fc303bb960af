import fc from 'fast-check';

/** Text as a guest may print it: any UTF-16 unit, lone surrogates included, between pieces that mean something to a format. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ']]>',
        '<![CDATA[',
        '<!--',
        '</testcase>',
        '&amp;',
        '&#0;',
        '|',
        '\\|',
        '`',
        '```',
        '<b>',
        '\x1b[31m',
        '\r\n',
        '\n\n',
      ),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom('\0', '\x7f', '\x9b', '\u202e', '\u2066', '\ufeff', '\ufffe', '\uffff', '\ud800', '\udc00', '😀'),
      fc.string(),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));
