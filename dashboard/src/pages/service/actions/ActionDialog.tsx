import type { Card } from '../../../model/cards';
import { DrainDialog } from './DrainDialog';
import { WriteDialog } from './WriteDialog';

export const actions = ['drain', 'maintenance', 'ready', 'deregister'] as const;

export type Action = (typeof actions)[number];

interface Props {
  action: Action;
  service: string;
  card: Card;
  onClose: () => void;
}

/** Asks before anything is done. */
export function ActionDialog({ action, service, card, onClose }: Props) {
  if (!card.instance) return null;
  return action === 'drain' ? (
    <DrainDialog service={service} instance={card.instance} onClose={onClose} />
  ) : (
    <WriteDialog action={action} service={service} instance={card.instance} onClose={onClose} />
  );
}
