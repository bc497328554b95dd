import { lazy, memo } from 'react';
import { Age, CopyButton, Score, StatusBadge } from '../../components/basics';
import { Icon, InstanceIcon } from '../../components/Icon';
import { Part } from '../../components/Part';
import type { Card } from '../../model/cards';
import { shownIcon } from '../../model/icons';
import { versionOf } from '../../model/rows';

const PictureFrame = lazy(() => import('./PictureFrame'));

interface Props {
  card: Card;
  now: number;
  selected: boolean;
  onOpen: () => void;
  /** Where its live picture is; undefined when it has none. */
  pictureUrl: string | undefined;
  pictureOn: boolean;
  /** Switches the picture of this one on and off; undefined while those of all are on. */
  onPicture: (() => void) | undefined;
}

export const InstanceCard = memo(
  function InstanceCard({ card, now, selected, onOpen, pictureUrl, pictureOn, onPicture }: Props) {
    const { instance, live, gone } = card;
    const reasons = reasonsOf(card);
    return (
      <article className="card instance-card" data-status={card.status} data-id={card.id} aria-current={selected || undefined}>
        <header>
          <StatusBadge status={card.status} />
          <span className="end card-extras">
            {pictureUrl && onPicture && (
              <button type="button" className="icon-button small" aria-pressed={pictureOn} onClick={onPicture} aria-label={`Picture of ${card.id}`} title={pictureOn ? 'Hide the picture' : 'Show the picture'}>
                <Icon name="screen" size={14} />
              </button>
            )}
            {live && <Score score={live.health.score} />}
          </span>
        </header>
        <h3>
          <button type="button" className="card-button" onClick={onOpen} title={tooltipOf(card)}>
            <InstanceIcon icon={live?.icon} />
            {card.title}
          </button>
        </h3>
        {pictureUrl && pictureOn && (
          <Part fallback={<div className="picture" />}>
            <PictureFrame url={pictureUrl} name={card.title} />
          </Part>
        )}
        {instance && (
          <ul className="ports" aria-label="Addresses">
            {Object.entries(instance.ports)
              .slice(0, 2)
              .map(([name, port]) => (
                <li key={name}>
                  <code>
                    {instance.address}:{port}
                  </code>
                  <span className="faint">{name}</span>
                  <CopyButton text={`${instance.address}:${port}`} label={`${name} address of ${card.id}`} />
                </li>
              ))}
          </ul>
        )}
        {reasons.length > 0 && <p className="reason">{reasons[0]}</p>}
        <footer>
          {instance?.zone && <span>zone {instance.zone}</span>}
          {instance && versionOf(instance) && <span>{versionOf(instance)}</span>}
          {instance && instance.weight !== 100 && <span>weight {instance.weight}</span>}
          {live?.quality?.viewers !== undefined && <span>{live.quality.viewers} viewing</span>}
          <span className="end">
            {gone ? (
              <>
                last seen <Age at={gone.lastSeen} now={now} suffix />
              </>
            ) : (
              instance && <Age at={Date.parse(instance.since)} now={now} />
            )}
          </span>
        </footer>
      </article>
    );
  },
  (a, b) => a.selected === b.selected && a.now === b.now && a.pictureUrl === b.pictureUrl && a.pictureOn === b.pictureOn && (a.onPicture === undefined) === (b.onPicture === undefined) && a.card.instance === b.card.instance && a.card.live === b.card.live && a.card.gone === b.card.gone && a.card.status === b.card.status,
);

// What the card does not show: the id of one that has a name, and an icon that nobody here can draw.
function tooltipOf({ id, title, live }: Card): string | undefined {
  const words = [...(title === id ? [] : [id]), ...(live?.icon && !shownIcon(live.icon) ? [live.icon] : [])];
  return words.length === 0 ? undefined : words.join(' · ');
}

/** Why it is not as well as it could be: what the registry says, then what its health says, the worst part first. */
export function reasonsOf(card: Card): readonly string[] {
  if (card.gone) return [card.gone.how === 'removed' ? 'Its lease lapsed and it was removed.' : card.gone.how === 'deregistered' ? 'It was deregistered.' : 'It is not there any more.'];
  const parts = [...(card.live?.health.parts ?? [])].sort((a, b) => a.score - b.score);
  const reasons = [...(card.instance?.reason ? [card.instance.reason] : []), ...parts.flatMap((part) => (part.score < 100 ? part.reasons : []))];
  // The state itself is no reason for it, and the registry's reason is also that of a part.
  return [...new Set(reasons)].filter((reason) => reason !== card.instance?.state);
}
