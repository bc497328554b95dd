import type { Place } from './topology';

/**
 * The space between two rows through which an edge passes the columns between its ends: before the row of this number. Undefined for an edge between neighbours, which has nothing to pass. A straight line
 * through a node says of it what is not so.
 */
export function laneOf(edge: { from: string; to: string }, places: ReadonlyMap<string, Place>): number | undefined {
  const from = places.get(edge.from);
  const to = places.get(edge.to);
  if (!from || !to || to.column - from.column < 2) return undefined;
  return to.row >= from.row ? to.row : to.row + 1;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** From one end to the other along a lane, bending within a gap behind the one and before the other. */
export function routedPath(from: Point, to: Point, lane: number, gap: number): string {
  const [out, back] = [from.x + gap, to.x - gap];
  return `M${from.x} ${from.y}C${from.x + gap / 2} ${from.y} ${from.x + gap / 2} ${lane} ${out} ${lane}L${back} ${lane}C${to.x - gap / 2} ${lane} ${to.x - gap / 2} ${to.y} ${to.x} ${to.y}`;
}
