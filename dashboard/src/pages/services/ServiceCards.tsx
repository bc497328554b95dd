import { Age, ReadyBar, Score } from '../../components/basics';
import { CardGrid } from '../../components/CardGrid';
import { Link } from '../../live/router';
import { plural } from '../../model/format';
import type { ServiceRow } from '../../model/rows';
import { OriginTag, ServiceSparkline } from './cells';

export function ServiceCards({ rows, from, now }: { rows: readonly ServiceRow[]; from: number; now: number }) {
  const sorted = [...rows].sort((a, b) => (a.name < b.name ? -1 : 1));
  return <CardGrid label="Services" items={sorted} itemId={(row) => row.name} minWidth={280} rowHeight={132} render={(row) => <ServiceCard row={row} from={from} now={now} />} />;
}

function ServiceCard({ row, from, now }: { row: ServiceRow; from: number; now: number }) {
  return (
    <article className="card service-card">
      <header>
        <h2>
          <Link to={{ name: 'service', service: row.name }} className="card-link">
            {row.name}
          </Link>
        </h2>
        <span className="end">{row.score !== undefined && <Score score={row.score} />}</span>
      </header>
      <div className="service-card-middle">
        <span className="big-ratio">
          {row.counts.ready}
          <span className="faint">/{row.counts.total} ready</span>
        </span>
        <ServiceSparkline row={row} from={from} now={now} />
      </div>
      <ReadyBar counts={row.counts} />
      <footer>
        <OriginTag row={row} />
        {row.zones.length > 0 && <span>{row.zones.length === 1 ? `zone ${row.zones[0]}` : plural(row.zones.length, 'zone')}</span>}
        {row.watchers !== undefined && <span>{plural(row.watchers, 'watcher')}</span>}
        <span className="end">
          <Age at={row.changedAt} now={now} suffix />
        </span>
      </footer>
    </article>
  );
}
