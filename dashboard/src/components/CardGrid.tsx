import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { useScrollMargin } from './useScrollMargin';

const gap = 12;

interface Props<T> {
  label: string;
  items: readonly T[];
  itemId: (item: T) => string;
  minWidth: number;
  rowHeight: number;
  render: (item: T) => ReactNode;
}

/** Cards in rows of equal columns, of which only those in sight exist. */
export function CardGrid<T>({ label, items, itemId, minWidth, rowHeight, render }: Props<T>) {
  const list = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const columns = Math.max(1, Math.floor((width + gap) / (minWidth + gap)));
  const margin = useScrollMargin(list);
  const virtualizer = useWindowVirtualizer({
    count: Math.ceil(items.length / columns),
    estimateSize: () => rowHeight,
    gap,
    overscan: 3,
    scrollMargin: margin,
  });
  return (
    <div ref={list} role="list" aria-label={label} className="card-grid" style={{ height: virtualizer.getTotalSize() }}>
      {width > 0 &&
        virtualizer.getVirtualItems().map((row) => (
          <div
            key={row.key}
            ref={virtualizer.measureElement}
            data-index={row.index}
            role="presentation"
            className="card-row"
            style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gap, transform: `translateY(${row.start - margin}px)` }}
          >
            {items.slice(row.index * columns, (row.index + 1) * columns).map((item, index) => (
              <div key={itemId(item)} role="listitem" aria-setsize={items.length} aria-posinset={row.index * columns + index + 1} className="card-cell">
                {render(item)}
              </div>
            ))}
          </div>
        ))}
    </div>
  );
}
