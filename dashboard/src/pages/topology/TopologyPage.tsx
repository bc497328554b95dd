import { Background, BackgroundVariant, Controls, type Edge, MarkerType, type Node, type NodeChange, ReactFlow } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useCallback, useMemo, useRef, useState } from 'react';
import { Empty } from '../../components/basics';
import { useSettings } from '../../live/LiveProvider';
import { Link, useRouter } from '../../live/router';
import { useTopology } from '../../live/useTopology';
import { laneOf } from '../../model/lanes';
import { type GraphEdge, type Place, placeNodes } from '../../model/topology';
import { CallTable, edgeText, isTroubled } from './CallTable';
import { CallerNode, type CallerNodeData } from './CallerNode';
import { RoutedEdge } from './RoutedEdge';
import './topology.css';

const [columnWidth, rowHeight] = [350, 84];
// As topology.css has them.
const [nodeWidth, nodeHeight] = [190, 54];
const nodeTypes = { caller: CallerNode };
const edgeTypes = { routed: RoutedEdge };

/** Who watches whom. Nodes keep their places for as long as the page is open, and go where they are dragged. */
export default function TopologyPage() {
  const { graph, omitted, loaded } = useTopology();
  const { navigate } = useRouter();
  const [settings] = useSettings();
  const [isNarrow] = useState(() => matchMedia('(max-width: 640px)').matches);
  const places = useRef<ReadonlyMap<string, Place>>(new Map());
  const [dragged, setDragged] = useState<ReadonlyMap<string, { x: number; y: number }>>(new Map());
  places.current = useMemo(() => new Map([...places.current, ...placeNodes(graph, places.current)]), [graph]);

  const nodes = graph.nodes.map((node): Node<CallerNodeData> => {
    const place = places.current.get(node.id)!;
    return {
      id: node.id,
      type: 'caller',
      position: dragged.get(node.id) ?? { x: place.column * columnWidth, y: place.row * rowHeight },
      data: { node },
      ariaLabel: `${node.kind} ${node.name}`,
    };
  });
  // Who drags a node makes the way for its edges, too.
  const edges = graph.edges.map((edge) => drawn(edge, dragged.has(edge.from) || dragged.has(edge.to) ? undefined : laneOf(edge, places.current)));
  const onNodesChange = useCallback((changes: NodeChange<Node<CallerNodeData>>[]) => {
    const moves = changes.flatMap((change) => (change.type === 'position' && change.position ? [[change.id, change.position] as const] : []));
    if (moves.length > 0) setDragged((before) => new Map([...before, ...moves]));
  }, []);

  if (!loaded) return <p className="faint loading">Loading.</p>;
  return (
    <div className="page">
      <div className="page-head">
        <h1>Topology</h1>
        <p className="faint">Who watches whom, and what goes through the gateway.</p>
      </div>
      {graph.nodes.length === 0 ? (
        <Empty title="Nobody watches anything yet" icon="topology">
          <p>A caller appears here as soon as it watches a service, the gateway as soon as it has a route.</p>
        </Empty>
      ) : (
        <>
          <div className="topology" style={{ height: Math.min(isNarrow ? 420 : 640, 120 + rowHeight * (1 + Math.max(...[...places.current.values()].map((place) => place.row)))) }}>
            <ReactFlow
              nodes={nodes}
              edges={edges}
              nodeTypes={nodeTypes}
              edgeTypes={edgeTypes}
              onNodesChange={onNodesChange}
              onNodeDoubleClick={(_, node) => {
                if (node.data.node.kind === 'service') navigate({ name: 'service', service: node.data.node.name });
              }}
              nodesConnectable={false}
              edgesFocusable={false}
              zoomOnDoubleClick={false}
              preventScrolling={false}
              colorMode={settings.theme}
              // All of it on a telephone would be read by nobody: there it begins at the callers and is drawn along.
              {...(isNarrow ? { defaultViewport: { x: 16, y: 24, zoom: 0.8 } } : { fitView: true, fitViewOptions: { padding: 0.12, maxZoom: 1 } })}
              minZoom={0.2}
            >
              <Background variant={BackgroundVariant.Dots} gap={22} size={1} />
              <Controls showInteractive={false} />
            </ReactFlow>
          </div>
          <CallTable edges={graph.edges} />
        </>
      )}
      <p className="faint topology-rest">
        {graph.alone.length > 0 && (
          <>
            No caller is known of:{' '}
            {graph.alone.map((name) => (
              <Link key={name} to={{ name: 'service', service: name }}>
                {name}
              </Link>
            ))}
          </>
        )}
        {graph.everywhere.length > 0 && <span>These watch everything and are not drawn: {graph.everywhere.join(', ')}.</span>}
        {omitted > 0 && <span>{omitted} more services are not drawn.</span>}
      </p>
    </div>
  );
}

function drawn(edge: GraphEdge, lane: number | undefined): Edge {
  const troubled = isTroubled(edge);
  return {
    id: edge.id,
    source: edge.from,
    target: edge.to,
    label: edgeText(edge),
    ...(lane === undefined ? {} : { type: 'routed', data: { lane: lane * rowHeight - (rowHeight - nodeHeight) / 2, gap: columnWidth - nodeWidth } }),
    className: troubled ? 'edge-troubled' : undefined,
    animated: (edge.traffic?.rate ?? 0) > 0,
    markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, markerUnits: 'userSpaceOnUse', color: troubled ? 'var(--error-fill)' : 'var(--gone-fill)' },
    style: { strokeWidth: 1 + Math.min(3, Math.log10(1 + (edge.traffic?.rate ?? 0))) },
  };
}
