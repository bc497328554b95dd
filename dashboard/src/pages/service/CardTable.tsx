import { useMemo } from 'react';
import { Age, CopyButton, Score, StatusBadge } from '../../components/basics';
import { type Column, DataTable } from '../../components/DataTable';
import type { Card } from '../../model/cards';
import { reasonsOf } from './InstanceCard';

interface Props {
  cards: readonly Card[];
  now: number;
  sort: string;
  onSort: (sort: string) => void;
  onOpen: (id: string) => void;
}

export function CardTable({ cards, now, sort, onSort, onOpen }: Props) {
  const columns = useMemo<Column<Card>[]>(
    () => [
      {
        id: 'id',
        header: 'Instance',
        width: 'minmax(8rem, 1.4fr)',
        value: (card) => card.id,
        cell: (card) => (
          <button type="button" className="row-link" onClick={() => onOpen(card.id)}>
            {card.title}
          </button>
        ),
      },
      { id: 'status', header: 'State', width: '7rem', value: (card) => card.status, cell: (card) => <StatusBadge status={card.status} /> },
      { id: 'score', header: 'Score', width: '4.5rem', align: 'end', from: 'medium', value: (card) => card.live?.health.score, cell: (card) => <Score score={card.live?.health.score} /> },
      {
        id: 'address',
        header: 'Address',
        width: 'minmax(10rem, 1.2fr)',
        from: 'medium',
        value: (card) => card.instance?.address,
        cell: (card) => {
          const address = card.instance && `${card.instance.address}:${Object.values(card.instance.ports)[0] ?? ''}`;
          return address ? (
            <span className="with-copy">
              <code>{address}</code>
              <CopyButton text={address} label={`address of ${card.id}`} />
            </span>
          ) : (
            <span className="faint">–</span>
          );
        },
      },
      { id: 'zone', header: 'Zone', width: '5rem', from: 'wide', value: (card) => card.instance?.zone, cell: (card) => card.instance?.zone ?? <span className="faint">–</span> },
      { id: 'reason', header: 'Why', width: 'minmax(8rem, 2fr)', from: 'wide', cell: (card) => <span className="clip">{reasonsOf(card)[0]}</span> },
      { id: 'since', header: 'Since', width: '4.5rem', align: 'end', value: (card) => -sinceOf(card), cell: (card) => <Age at={sinceOf(card)} now={now} /> },
    ],
    [now, onOpen],
  );
  return <DataTable label="Instances" rows={cards} rowId={(card) => card.id} columns={columns} sort={sort} onSort={onSort} rowHeight={36} rowTone={(card) => (card.gone ? 'empty' : undefined)} />;
}

const sinceOf = (card: Card) => card.gone?.lastSeen ?? Date.parse(card.instance?.since ?? '');
