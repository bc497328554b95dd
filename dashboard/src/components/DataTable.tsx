import { createColumnHelper, createSortedRowModel, rowSortingFeature, type SortingState, tableFeatures, useTable } from '@tanstack/react-table';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useMemo, useRef } from 'react';
import { compareNatural } from '../model/order';
import { Icon } from './Icon';
import { useScrollMargin } from './useScrollMargin';

export interface Column<T> {
  readonly id: string;
  readonly header: string;
  /** A track of the grid, such as `2fr` or `6rem`. */
  readonly width: string;
  /** What to sort by; a column without it cannot be sorted. */
  readonly value?: (row: T) => string | number | undefined;
  readonly cell: (row: T) => ReactNode;
  readonly align?: 'end';
  /** From which width on it is shown. */
  readonly from?: 'medium' | 'wide';
}

interface Props<T> {
  label: string;
  rows: readonly T[];
  rowId: (row: T) => string;
  columns: readonly Column<T>[];
  /** `name`, or `-name` for the other way round. */
  sort: string;
  onSort: (sort: string) => void;
  rowHeight: number;
  rowTone?: (row: T) => string | undefined;
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: {},
});

/** A table that can be sorted, of which only the rows in sight exist. Made of divs with roles: rows of a real table cannot be placed. */
export function DataTable<T extends object>({ label, rows, rowId, columns, sort, onSort, rowHeight, rowTone }: Props<T>) {
  const body = useRef<HTMLDivElement>(null);
  const helper = useMemo(() => createColumnHelper<typeof features, T>(), []);
  const definitions = useMemo(
    () =>
      columns.map((column) =>
        helper.accessor((row: T): unknown => column.value?.(row), {
          id: column.id,
          header: column.header,
          enableSorting: column.value !== undefined,
          sortUndefined: 'last',
          sortFn: (a, b, id) => compareValues(a.getValue(id), b.getValue(id)),
        }),
      ),
    [columns, helper],
  );
  const [sortId, desc] = sort.startsWith('-') ? [sort.slice(1), true] : [sort, false];
  const sorting = useMemo<SortingState>(() => (sortId ? [{ id: sortId, desc }] : []), [sortId, desc]);
  const table = useTable({ features, columns: definitions, data: rows as T[], getRowId: rowId, state: { sorting } });
  const sorted = table.getRowModel().rows;
  const margin = useScrollMargin(body);
  const virtualizer = useWindowVirtualizer({
    count: sorted.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: margin,
    getItemKey: (index) => sorted[index]!.id,
  });
  return (
    <div className="table" role="table" aria-label={label} aria-rowcount={sorted.length + 1}>
      <div className="table-head" role="rowgroup">
        <div className="table-row" role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks(columns) }}>
          {columns.map((column) => (
            <div key={column.id} role="columnheader" className="table-cell" data-align={column.align} data-from={column.from} aria-sort={column.id === sortId ? (desc ? 'descending' : 'ascending') : undefined}>
              {column.value ? (
                <button type="button" className="sort" onClick={() => onSort(column.id === sortId && !desc ? `-${column.id}` : column.id)}>
                  {column.header}
                  {column.id === sortId && <Icon name={desc ? 'down' : 'up'} size={12} />}
                </button>
              ) : (
                column.header
              )}
            </div>
          ))}
        </div>
      </div>
      <div ref={body} role="rowgroup" className="table-body" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = sorted[item.index]!;
          return <TableRow key={item.key} row={row.original} index={item.index} columns={columns} height={rowHeight} top={item.start - margin} tone={rowTone?.(row.original)} />;
        })}
      </div>
    </div>
  );
}

interface RowProps<T> {
  row: T;
  index: number;
  columns: readonly Column<T>[];
  height: number;
  top: number;
  tone: string | undefined;
}

// Drawn again only when what it shows changes: scrolling draws the rows that come into sight and no others.
const TableRow = memo(function TableRow<T>({ row, index, columns, height, top, tone }: RowProps<T>) {
  return (
    <div role="row" aria-rowindex={index + 2} className="table-row" data-tone={tone} style={{ gridTemplateColumns: tracks(columns), height, transform: `translateY(${top}px)` }}>
      {columns.map((column) => (
        <div key={column.id} role="cell" className="table-cell" data-align={column.align} data-from={column.from}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}) as <T>(props: RowProps<T>) => ReactNode;

// Columns that a narrow page hides take no room there: the style sheet sets the variables to nothing.
function tracks<T>(columns: readonly Column<T>[]): string {
  return columns.map((column) => (column.from ? `var(--track-${column.from}, ${column.width})` : column.width)).join(' ');
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareNatural(String(a ?? ''), String(b ?? ''));
}
