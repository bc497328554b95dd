import { useQuery } from '@tanstack/react-query';
import { node } from '../api/client';

/** What the node can do that not every version can. */
export interface Capabilities {
  readonly live: boolean;
  readonly drainPreview: boolean;
}

const none: Capabilities = { live: false, drainPreview: false };

/** Read from the node's own description, so that nothing is asked for that it would refuse. */
export function useCapabilities(): Capabilities {
  const { data } = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => node.openApi(signal),
    staleTime: Number.POSITIVE_INFINITY,
    select: ({ paths }): Capabilities => ({
      live: paths['/api/instances/live/events'] !== undefined,
      drainPreview: paths['/api/services/{service}/instances/{id}/drain']?.['get'] !== undefined,
    }),
  });
  return data ?? none;
}
