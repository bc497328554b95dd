import type { Instance, Watcher } from '../../../api/documents';
import type { Card } from '../../../model/cards';
import { DrainDialog } from './DrainDialog';
import { WriteDialog } from './WriteDialog';

export const actions = ['drain', 'maintenance', 'ready', 'deregister'] as const;

export type Action = (typeof actions)[number];

interface Props {
  action: Action;
  service: string;
  card: Card;
  instances: readonly Instance[];
  watchers: readonly Watcher[];
  onClose: () => void;
}

/** Asks before anything is done. */
export function ActionDialog({ action, service, card, instances, watchers, onClose }: Props) {
  if (!card.instance) return null;
  return action === 'drain' ? (
    <DrainDialog service={service} instance={card.instance} instances={instances} watchers={watchers} onClose={onClose} />
  ) : (
    <WriteDialog action={action} service={service} instance={card.instance} onClose={onClose} />
  );
}
