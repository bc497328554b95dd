import { useMemo } from 'react';
import { Age, Score, StatusBadge } from '../../components/basics';
import { type Column, DataTable } from '../../components/DataTable';
import { Link } from '../../live/router';
import { type InstanceRow, versionOf } from '../../model/rows';

interface Props {
  rows: readonly InstanceRow[];
  sort: string;
  onSort: (sort: string) => void;
  now: number;
}

/** Every instance of every service. */
export function InstanceTable({ rows, sort, onSort, now }: Props) {
  const columns = useMemo<Column<InstanceRow>[]>(
    () => [
      {
        id: 'id',
        header: 'Instance',
        width: 'minmax(7rem, 1.6fr)',
        value: (row) => row.instance.id,
        cell: (row) => (
          <Link to={{ name: 'service', service: row.service }} parameters={{ instance: row.instance.id }} className="row-link">
            {row.instance.id}
          </Link>
        ),
      },
      { id: 'service', header: 'Service', width: 'minmax(6rem, 1.2fr)', from: 'medium', value: (row) => `${row.service} ${row.instance.id}`, cell: (row) => <Link to={{ name: 'service', service: row.service }}>{row.service}</Link> },
      { id: 'state', header: 'State', width: '6rem', value: (row) => row.status, cell: (row) => <StatusBadge status={row.status} /> },
      { id: 'score', header: 'Score', width: '3.6rem', align: 'end', value: (row) => row.score, cell: (row) => <Score score={row.score} /> },
      { id: 'address', header: 'Address', width: 'minmax(8rem, 1.4fr)', from: 'medium', value: (row) => row.instance.address, cell: (row) => <code>{`${row.instance.address}:${Object.values(row.instance.ports)[0] ?? ''}`}</code> },
      { id: 'zone', header: 'Zone', width: '6rem', from: 'wide', value: (row) => row.instance.zone, cell: (row) => row.instance.zone ?? <span className="faint">–</span> },
      { id: 'version', header: 'Version', width: '6rem', from: 'wide', value: (row) => versionOf(row.instance), cell: (row) => versionOf(row.instance) ?? <span className="faint">–</span> },
      { id: 'weight', header: 'Weight', width: '5rem', align: 'end', from: 'wide', value: (row) => row.instance.weight, cell: (row) => row.instance.weight },
      { id: 'since', header: 'Since', width: '4.5rem', align: 'end', from: 'medium', value: (row) => -Date.parse(row.instance.since), cell: (row) => <Age at={Date.parse(row.instance.since)} now={now} /> },
    ],
    [now],
  );
  return <DataTable label="Instances" rows={rows} rowId={(row) => row.key} columns={columns} sort={sort} onSort={onSort} rowHeight={34} />;
}
