/** No file of the user's, no scripts that lie beside the kernel, no questions, no pages, no colours, no servers on the net. */
export const GDB_QUIETLY: readonly string[] = [
  '-nx',
  '-batch',
  ...['auto-load off', 'debuginfod enabled off', 'style enabled off', 'width 0'].flatMap((setting) => [
    '-iex',
    `set ${setting}`,
  ]),
];
