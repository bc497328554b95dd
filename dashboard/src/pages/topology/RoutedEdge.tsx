import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react';
import { routedPath } from '../../model/lanes';

export interface RoutedEdgeData extends Record<string, unknown> {
  /** Where its lane is. */
  lane: number;
  /** Between two columns. */
  gap: number;
}

/** An edge that passes other columns: between their nodes, never behind one. */
export function RoutedEdge({ id, sourceX, sourceY, targetX, targetY, data, label, markerEnd, style }: EdgeProps<Edge<RoutedEdgeData>>) {
  const { lane, gap } = data!;
  const path = routedPath({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, lane, gap);
  return <BaseEdge id={id} path={path} label={label} labelX={(sourceX + targetX) / 2} labelY={lane} {...(markerEnd ? { markerEnd } : {})} {...(style ? { style } : {})} />;
}
