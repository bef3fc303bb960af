import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { heightOf, scrollTopFor, windowAt } from './window.ts';

/** In pixels; the style sheet has the same. */
const ROW = 18;

interface Props {
  readonly rows: number;
  /** The row that is scrolled to whenever it is another. */
  readonly show: number | undefined;
  readonly draw: (row: number) => ComponentChildren;
}

/** Rows of one height that scroll. Only those that are seen exist. */
export function Rows({ rows, show, draw }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 0 });
  const scroller = { rows, rowHeight: ROW, viewHeight: view.height };
  const look = () => {
    const { scrollTop: top = 0, clientHeight: height = 0 } = box.current ?? {};
    setView((before) => (before.top === top && before.height === height ? before : { top, height }));
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || show === undefined) return;
    element.scrollTop = scrollTopFor({ rows, rowHeight: ROW, viewHeight: element.clientHeight }, show);
    look();
  }, [show, rows]);
  const { first, end, offset } = windowAt(scroller, view.top);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div ref={box} class="rows" role="log" aria-live="off" tabIndex={0} onScroll={look}>
      <div class="rows-height" style={{ height: `${heightOf(scroller)}px` }}>
        <div class="rows-window" style={{ transform: `translateY(${offset}px)` }}>
          {Array.from({ length: end - first }, (_, index) => draw(first + index))}
        </div>
      </div>
    </div>
  );
}
