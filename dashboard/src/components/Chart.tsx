import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface ChartSeries {
  readonly label: string;
  /** A custom property of the theme: --chart-TONE. */
  readonly tone: string;
  readonly values: readonly (number | null)[];
  readonly stepped?: boolean;
  readonly filled?: boolean;
}

interface Props {
  /** What the chart shows, for those who cannot see it. */
  label: string;
  /** Seconds since 1970. */
  times: readonly number[];
  series: readonly ChartSeries[];
  from: number;
  to: number;
  height: number;
  /** True when values are counts: then the axis has no fractions. */
  whole?: boolean;
}

// Seconds only where minutes would say the same twice.
const clock = (seconds: number, span: number) => new Date(seconds * 1000).toTimeString().slice(0, span < 600 ? 8 : 5);

/** Lines over time (uPlot). Colours are read from the theme, so that they follow it. */
export function Chart({ label, times, series, from, to, height, whole = false }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const range = useRef({ from, to });
  range.current = { from, to };
  const shape = series.map((each) => `${each.label} ${each.tone} ${each.stepped} ${each.filled}`).join('|');
  const latest = useRef<{ data: uPlot.AlignedData; series: readonly ChartSeries[] }>(undefined);
  latest.current = { data: [times, ...series.map((each) => each.values)] as uPlot.AlignedData, series };

  useEffect(() => {
    const element = box.current!;
    const build = () => {
      plot.current?.destroy();
      const style = getComputedStyle(element);
      const color = (name: string) => style.getPropertyValue(name).trim();
      const axis: uPlot.Axis = {
        stroke: color('--text-3'),
        font: `11px ${style.fontFamily}`,
        grid: { stroke: color('--border'), width: 1 },
        ticks: { show: false },
      };
      plot.current = new uPlot(
        {
          width: element.clientWidth,
          height,
          legend: { show: false },
          cursor: { y: false, points: { size: 6 } },
          padding: [6, 6, 0, 0],
          scales: {
            x: { range: () => [range.current.from, range.current.to] },
            y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
          },
          axes: [
            { ...axis, grid: { show: false }, size: 22, space: 80, values: (_, ticks) => ticks.map((tick) => clock(tick, range.current.to - range.current.from)) },
            { ...axis, size: 34, ...(whole ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] } : {}) },
          ],
          series: [
            {},
            ...latest.current!.series.map((each): uPlot.Series => ({
              label: each.label,
              stroke: color(`--chart-${each.tone}`),
              width: 1.5,
              points: { show: false },
              ...(each.filled ? { fill: color(`--chart-${each.tone}-fill`) } : {}),
              ...(each.stepped ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
            })),
          ],
        },
        latest.current!.data,
        element,
      );
    };
    build();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const themed = new MutationObserver(build);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', build);
    return () => {
      resized.disconnect();
      themed.disconnect();
      scheme.removeEventListener('change', build);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape, height, whole]);

  useEffect(() => {
    plot.current?.setData(latest.current!.data);
  }, [times, series, from, to]);

  return (
    <figure className="chart">
      <div ref={box} role="img" aria-label={label} className="chart-plot" style={{ height }} />
      <figcaption>
        {series.map((each) => (
          <span key={each.label} className="legend">
            <span className="legend-line" style={{ background: `var(--chart-${each.tone})` }} aria-hidden="true" />
            {each.label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
