import { useMemo } from 'react';
import type { Candidate, Explanation } from '../../api/documents';
import { Panel } from '../../components/basics';
import { type Column, DataTable } from '../../components/DataTable';
import { Link, useRouter } from '../../live/router';
import { formatDuration, formatNumber, formatPercent, plural } from '../../model/format';

/** Who was left to the policy, and how much of the traffic each gets. */
export function Candidates({ explanation, service }: { explanation: Explanation; service: string }) {
  const { parameters, setParameters } = useRouter();
  const columns = useMemo<Column<Candidate>[]>(
    () => [
      {
        id: 'id',
        header: 'Candidate',
        width: 'minmax(9rem, 1.4fr)',
        value: (row) => row.id,
        cell: (row) => (
          <>
            <Link to={{ name: 'service', service }} parameters={{ instance: row.id }} className="row-link">
              {row.id}
            </Link>
            {row.id === explanation.winner && <span className="tag winner-tag" data-tone="good">winner</span>}
          </>
        ),
      },
      {
        id: 'share',
        header: 'Share',
        width: 'minmax(7rem, 1fr)',
        value: (row) => -row.share,
        cell: (row) => (
          <span className="share">
            <span className="meter" aria-hidden="true">
              <span style={{ width: `${row.share * 100}%` }} />
            </span>
            {formatPercent(row.share)}
          </span>
        ),
      },
      { id: 'score', header: 'Score', width: '6rem', align: 'end', from: 'medium', value: (row) => row.score, cell: (row) => (row.score === undefined ? <span className="faint">–</span> : formatNumber(row.score)) },
      { id: 'inFlight', header: 'In flight', width: '5.5rem', align: 'end', from: 'medium', value: (row) => row.inFlight, cell: (row) => row.inFlight },
      { id: 'latency', header: 'Latency', width: '5.5rem', align: 'end', from: 'wide', value: (row) => row.latencySeconds, cell: (row) => (row.latencySeconds === undefined ? <span className="faint">–</span> : formatDuration(row.latencySeconds * 1000)) },
      { id: 'weight', header: 'Weight', width: '5rem', align: 'end', from: 'medium', value: (row) => row.weight, cell: (row) => row.weight },
      { id: 'zone', header: 'Zone', width: '5rem', from: 'medium', value: (row) => row.zone, cell: (row) => row.zone ?? <span className="faint">–</span> },
      { id: 'address', header: 'Address', width: 'minmax(8rem, 1fr)', from: 'wide', value: (row) => row.address, cell: (row) => <code>{row.address}</code> },
    ],
    [explanation.winner, service],
  );
  return (
    <Panel title="Candidates" aside={plural(explanation.candidates.length, 'candidate')}>
      {explanation.scoreMeaning && <p className="faint score-meaning">{explanation.scoreMeaning}</p>}
      {explanation.candidates.length > 0 && (
        <DataTable label="Candidates" rows={explanation.candidates} rowId={(row) => row.id} columns={columns} sort={parameters.get('sort') ?? ''} onSort={(sort) => setParameters({ sort })} rowHeight={34} rowTone={(row) => (row.avoided ? 'empty' : undefined)} />
      )}
    </Panel>
  );
}
