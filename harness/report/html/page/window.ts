/** Browsers draw no element that is higher than some 16 million pixels. */
const HIGHEST = 8_000_000;

/** Rows of one height in something that scrolls. */
export interface Scroller {
  readonly rows: number;
  readonly rowHeight: number;
  /** Of what is seen of it, in pixels. */
  readonly viewHeight: number;
}

/** What is seen, with some rows around it. */
export interface Window {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
  /** Where the first one stands, in pixels. */
  readonly offset: number;
}

const AROUND = 12;

/** How high all rows together are, or seem: more than a browser can draw is scrolled in larger steps. */
export function heightOf({ rows, rowHeight }: Scroller): number {
  return Math.min(rows * rowHeight, HIGHEST);
}

/** The rows to draw when it is scrolled so far down. */
export function windowAt(scroller: Scroller, scrollTop: number): Window {
  const { rows, rowHeight, viewHeight } = scroller;
  const top = Math.max(0, scrollTop);
  const position = top * scaleOf(scroller); // In pixels of all rows.
  const first = Math.max(0, Math.min(rows, Math.floor(position / rowHeight) - AROUND));
  const end = Math.min(rows, Math.ceil((position + viewHeight) / rowHeight) + AROUND);
  return { first, end: Math.max(first, end), offset: first * rowHeight - position + top };
}

/** How far to scroll for a row to stand in the middle. */
export function scrollTopFor(scroller: Scroller, row: number): number {
  const { rowHeight, viewHeight } = scroller;
  const position = (row + 0.5) * rowHeight - viewHeight / 2;
  return Math.max(0, position / scaleOf(scroller));
}

/** Pixels of rows for each pixel scrolled. */
function scaleOf(scroller: Scroller): number {
  const whole = scroller.rows * scroller.rowHeight;
  const height = heightOf(scroller);
  if (whole <= height) return 1;
  return (whole - scroller.viewHeight) / (height - scroller.viewHeight);
}
