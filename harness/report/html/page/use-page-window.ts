import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useState } from 'preact/hooks';
import { windowAt } from './window.ts';

/** In pixels. A narrow screen has two lines a row. */
const ROW = 26;
const NARROW_ROW = 48;
const NARROW = '(max-width: 640px)';
/** What stays at the top of the page, above the rows. */
const STICKY = 110;

export interface PageWindow {
  readonly first: number;
  readonly end: number;
  readonly rowHeight: number;
  readonly rowsInView: number;
  /** Scrolls a row into view. */
  readonly show: (row: number) => void;
}

/** Which rows of an element are seen when the page scrolls. */
export function usePageWindow(element: RefObject<HTMLElement | null>, rows: number): PageWindow {
  const [view, setView] = useState({ top: 0, height: 800, rowHeight: ROW });
  useLayoutEffect(() => {
    const look = () =>
      setView((before) => {
        const top = -(element.current?.getBoundingClientRect().top ?? 0);
        const now = { top, height: innerHeight, rowHeight: matchMedia(NARROW).matches ? NARROW_ROW : ROW };
        const isSame = before.top === now.top && before.height === now.height && before.rowHeight === now.rowHeight;
        return isSame ? before : now;
      });
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    const observer = new ResizeObserver(look); // What stands above the rows may grow.
    observer.observe(document.body);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
      observer.disconnect();
    };
  }, [element]);
  const { rowHeight, height, top } = view;
  const { first, end } = windowAt({ rows, rowHeight, viewHeight: height }, top);
  const show = useCallback(
    (row: number) => {
      const start = scrollY + (element.current?.getBoundingClientRect().top ?? 0) + row * rowHeight;
      if (start < scrollY + STICKY) scrollTo({ top: start - STICKY - rowHeight });
      else if (start + 2 * rowHeight > scrollY + innerHeight) scrollTo({ top: start + 2 * rowHeight - innerHeight });
    },
    [element, rowHeight],
  );
  return { first, end, rowHeight, rowsInView: Math.max(1, Math.floor((height - STICKY) / rowHeight) - 1), show };
}
