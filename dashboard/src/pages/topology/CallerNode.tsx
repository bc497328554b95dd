import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { ReadyBar } from '../../components/basics';
import { Icon } from '../../components/Icon';
import { useService } from '../../live/LiveProvider';
import { Link } from '../../live/router';
import type { GraphNode } from '../../model/topology';

export interface CallerNodeData extends Record<string, unknown> {
  node: GraphNode;
}

export const CallerNode = memo(function CallerNode({ data: { node } }: NodeProps<Node<CallerNodeData>>) {
  return (
    <div className="graph-node" data-kind={node.kind}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {node.kind === 'service' ? (
        <ServiceBody name={node.name} />
      ) : (
        <span className="graph-name">
          <Icon name={node.kind === 'gateway' ? 'gateway' : 'services'} size={14} /> {node.name}
        </span>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});

function ServiceBody({ name }: { name: string }) {
  const service = useService(name);
  return (
    <>
      <span className="graph-name">
        <Link to={{ name: 'service', service: name }}>{name}</Link>
        <span className="end">{service ? `${service.counts.ready}/${service.counts.total}` : ''}</span>
      </span>
      {service && <ReadyBar counts={service.counts} />}
    </>
  );
}
