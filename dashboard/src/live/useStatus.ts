import { useQuery } from '@tanstack/react-query';
import { node } from '../api/client';
import type { NodeStatus } from '../api/documents';

/** How the node is and what it has: asked for again, since another one may answer here after a restart. */
export function useStatus(): { status: NodeStatus | undefined; error: Error | null } {
  const { data, error } = useQuery({ queryKey: ['status'], queryFn: ({ signal }) => node.status(signal), refetchInterval: 10_000 });
  return { status: data, error };
}
