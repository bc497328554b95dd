import { useMemo } from 'react';
import { Age, ReadyBar, Score } from '../../components/basics';
import { type Column, DataTable } from '../../components/DataTable';
import { Link } from '../../live/router';
import { formatSpan } from '../../model/format';
import type { ServiceRow } from '../../model/rows';
import { OriginTag, ServiceSparkline } from './cells';

interface Props {
  rows: readonly ServiceRow[];
  sort: string;
  onSort: (sort: string) => void;
  from: number;
  now: number;
}

export function ServiceTable({ rows, sort, onSort, from, now }: Props) {
  const columns = useMemo<Column<ServiceRow>[]>(
    () => [
      {
        id: 'name',
        header: 'Service',
        width: 'minmax(9rem, 2fr)',
        value: (row) => row.name,
        cell: (row) => (
          <Link to={{ name: 'service', service: row.name }} className="row-link">
            {row.name}
          </Link>
        ),
      },
      {
        id: 'ready',
        header: 'Ready',
        width: 'minmax(6.5rem, 1.2fr)',
        value: (row) => (row.counts.total === 0 ? -1 : row.counts.ready / row.counts.total),
        cell: (row) => (
          <span className="ready-cell">
            <span className="ratio">
              {row.counts.ready}
              <span className="faint">/{row.counts.total}</span>
            </span>
            <ReadyBar counts={row.counts} />
          </span>
        ),
      },
      { id: 'score', header: 'Score', width: '4.5rem', align: 'end', from: 'medium', value: (row) => row.score, cell: (row) => <Score score={row.score} /> },
      { id: 'history', header: `Last ${formatSpan(now - from)}`, width: '8.5rem', from: 'medium', cell: (row) => <ServiceSparkline row={row} from={from} now={now} /> },
      { id: 'zones', header: 'Zones', width: 'minmax(5rem, 1fr)', from: 'wide', value: (row) => row.zones.join(' '), cell: (row) => <Zones zones={row.zones} /> },
      { id: 'origin', header: 'Origin', width: 'minmax(7rem, 1fr)', from: 'medium', value: (row) => row.origin, cell: (row) => <OriginTag row={row} /> },
      { id: 'watchers', header: 'Watchers', width: '6rem', align: 'end', from: 'wide', value: (row) => row.watchers ?? 0, cell: (row) => row.watchers ?? '–' },
      { id: 'changed', header: 'Changed', width: '5.5rem', align: 'end', from: 'medium', value: (row) => row.changedAt, cell: (row) => <Age at={row.changedAt} now={now} /> },
    ],
    [from, now],
  );
  return <DataTable label="Services" rows={rows} rowId={(row) => row.name} columns={columns} sort={sort} onSort={onSort} rowHeight={40} rowTone={toneOf} />;
}

function Zones({ zones }: { zones: readonly string[] }) {
  if (zones.length === 0) return <span className="faint">–</span>;
  return <span className="zones">{zones.join(', ')}</span>;
}

const toneOf = (row: ServiceRow) => (row.counts.total > 0 && row.counts.ready === 0 ? 'poor' : row.counts.total === 0 ? 'empty' : undefined);
