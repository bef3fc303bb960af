import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

/** @param colour The value of a custom property of the style sheet, as a canvas takes it. */
export type PlotOptions = (colour: (property: string) => string) => Omit<uPlot.Options, 'width'>;

interface Props {
  readonly options: PlotOptions;
  readonly data: uPlot.AlignedData;
  /** What is plotted. */
  readonly label: string;
}

/** A plot as wide as there is room, in the colours of the scheme. */
export function Plot({ options, data, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const draw = () => new uPlot({ ...options(colourReader(element)), width: element.clientWidth }, data, element);
    let plot = draw();
    const observer = new ResizeObserver(() => {
      if (plot.width !== element.clientWidth) plot.setSize({ width: element.clientWidth, height: plot.height });
    });
    observer.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      observer.disconnect();
      plot.destroy();
    };
  }, [options, data]);
  return <div ref={place} class="plot" role="img" aria-label={label} />;
}

function colourReader(element: HTMLElement): (property: string) => string {
  return (property) => {
    const probe = document.createElement('span');
    probe.style.color = `var(${property})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
