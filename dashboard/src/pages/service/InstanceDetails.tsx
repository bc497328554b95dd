import type { Change } from '../../api/documents';
import { Age, CopyButton, Score, StatusBadge } from '../../components/basics';
import { Icon } from '../../components/Icon';
import { Link } from '../../live/router';
import type { Card } from '../../model/cards';
import { formatNumber } from '../../model/format';
import type { Action } from './actions/ActionDialog';
import { EventList } from './EventsPanel';
import { reasonsOf } from './InstanceCard';

interface Props {
  card: Card;
  service: string;
  changes: readonly Change[];
  /** True for an imported instance: it is changed where it comes from. */
  readOnly: boolean;
  now: number;
  onAction: (action: Action) => void;
  onClose: () => void;
}

export function InstanceDetails({ card, service, changes, readOnly, now, onAction, onClose }: Props) {
  const { instance, live, gone } = card;
  // What is told beside the parts of its health is not told here as well.
  const told = new Set(card.live?.health.parts.flatMap((part) => part.reasons));
  const reasons = reasonsOf(card).filter((reason) => !told.has(reason));
  return (
    <section className="panel details" aria-label={`Instance ${card.id}`} data-status={card.status}>
      <header>
        <h2>{card.title}</h2>
        <button type="button" className="icon-button" onClick={onClose} aria-label="Close the details">
          <Icon name="close" />
        </button>
      </header>
      <div className="details-state">
        <StatusBadge status={card.status} />
        {live && <Score score={live.health.score} />}
        <span className="faint">{gone ? <>last seen <Age at={gone.lastSeen} now={now} suffix /></> : instance && <>for <Age at={Date.parse(instance.since)} now={now} /></>}</span>
      </div>
      {reasons.length > 0 && (
        <ul className="reasons">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {live?.description && <p>{live.description}</p>}
      {live?.notes && <p className="faint">{live.notes}</p>}
      <HealthParts card={card} now={now} />
      <Facts card={card} />
      {!gone && (
        <div className="actions">
          {readOnly ? (
            <p className="faint">It is imported from <code>{instance?.origin}</code>: drain and remove it there.</p>
          ) : (
            <>
              <button type="button" className="button" onClick={() => onAction('drain')} disabled={instance?.state === 'draining'}>
                <Icon name="drain" size={14} /> Drain
              </button>
              {instance?.state === 'ready' ? (
                <button type="button" className="button" onClick={() => onAction('maintenance')}>
                  <Icon name="wrench" size={14} /> Maintenance
                </button>
              ) : (
                <button type="button" className="button" onClick={() => onAction('ready')}>
                  <Icon name="play" size={14} /> Set ready
                </button>
              )}
              <button type="button" className="button danger" onClick={() => onAction('deregister')}>
                <Icon name="remove" size={14} /> Deregister
              </button>
            </>
          )}
          <Link to={{ name: 'explain' }} parameters={{ service }}>Explain picks</Link>
        </div>
      )}
      <h3>Events</h3>
      <EventList changes={changes.filter((change) => change.id === card.id)} now={now} most={12} ofOne />
    </section>
  );
}

function HealthParts({ card, now }: { card: Card; now: number }) {
  const health = card.live?.health;
  if (!health || health.parts.length === 0) return null;
  return (
    <>
      <h3>
        Health{health.checkedAt && <span className="faint"> asked <Age at={Date.parse(health.checkedAt)} now={now} suffix /></span>}
      </h3>
      <ul className="parts">
        {health.parts.map((part) => (
          <li key={part.name}>
            <span>{part.name}</span>
            <span className="meter" role="img" aria-label={`${part.score} of 100`}>
              <span data-tone={part.score >= 80 ? 'good' : part.score >= 50 ? 'fair' : 'poor'} style={{ width: `${part.score}%` }} />
            </span>
            <Score score={part.score} />
            <span className="faint" title="Its share of the score">
              {formatNumber(part.weight)} %
            </span>
            {part.reasons.map((reason) => (
              <span key={reason} className="part-reason">
                {reason}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}

function Facts({ card }: { card: Card }) {
  const { instance, live } = card;
  if (!instance) return null;
  const facts: [string, string][] = [
    ...Object.entries(instance.ports).map(([name, port]): [string, string] => [name, `${instance.address}:${port}`]),
    ...present([
      ['DNS name', live?.addresses?.dnsName],
      ['pod', live?.podName],
      ['node', instance.node ?? live?.kubernetes?.nodeName],
    ]),
  ];
  const plain: [string, string][] = [
    ...present([
      ['zone', instance.zone],
      ['weight', String(instance.weight)],
      ['revision', String(instance.revision)],
    ]),
    ...Object.entries(live?.quality ?? {}).map(([key, value]): [string, string] => [qualityWords[key] ?? key, formatNumber(value)]),
    ...Object.entries(instance.metadata ?? {}),
  ];
  return (
    <dl className="facts">
      {facts.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>
            <code>{value}</code>
            <CopyButton text={value} label={key} />
          </dd>
        </div>
      ))}
      {plain.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const qualityWords: Record<string, string> = { frameRate: 'frames a second', latencyMs: 'latency, ms', packetLossPercent: 'packet loss, %', viewers: 'viewers' };

const present = (pairs: [string, string | undefined][]) => pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '');
