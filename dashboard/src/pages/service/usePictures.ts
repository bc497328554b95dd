import { useCallback, useRef } from 'react';
import { useRouter } from '../../live/router';
import { useStatus } from '../../live/useStatus';
import type { Card } from '../../model/cards';
import { allPictures, picturePort, pictureUrl, readPictures, togglePicture } from '../../model/picture';

interface Pictures {
  /** True when the node knows a viewer and some instance has a picture. */
  readonly offered: boolean;
  readonly all: boolean;
  readonly setAll: (all: boolean) => void;
  /** Where the picture of an instance is; undefined when it has none now. */
  readonly urlOf: (card: Card) => string | undefined;
  readonly isOn: (card: Card) => boolean;
  readonly toggle: (id: string) => void;
}

/** The pictures of instances: which there are, and which are shown, as the address bar says. */
export function usePictures(cards: readonly Card[]): Pictures {
  const { status } = useStatus();
  const { parameters, setParameters } = useRouter();
  const text = parameters.get('pictures');
  // Cards are not drawn again only because another one's picture is switched on: what they call must know of it all the same.
  const latest = useRef(text);
  latest.current = text;
  const toggle = useCallback((id: string) => setParameters({ pictures: togglePicture(latest.current, id) }), [setParameters]);
  const viewer = status?.viewer;
  const shown = readPictures(text);
  return {
    offered: viewer !== undefined && cards.some((card) => card.instance?.ports[picturePort] !== undefined),
    all: text === allPictures,
    setAll: (all) => setParameters({ pictures: all ? allPictures : undefined }),
    urlOf: (card) => (viewer !== undefined && (card.status === 'ready' || card.status === 'degraded') && card.instance?.ports[picturePort] !== undefined ? pictureUrl(viewer, card.id, location) : undefined),
    isOn: (card) => shown.has(card.id),
    toggle,
  };
}
