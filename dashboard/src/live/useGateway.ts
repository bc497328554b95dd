import { useQuery } from '@tanstack/react-query';
import { node } from '../api/client';
import type { Gateway } from '../api/documents';
import { useStatus } from './useStatus';

interface GatewayState {
  readonly gateway: Gateway | undefined;
  /** When it was heard of; milliseconds since 1970. */
  readonly at: number;
  /** True once the node has said that it runs none. */
  readonly absent: boolean;
  readonly error: Error | null;
}

/** The gateway beside the node, asked for while there is one. */
export function useGateway(everyMs: number): GatewayState {
  const { status, error: statusError } = useStatus();
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['gateway'],
    queryFn: ({ signal }) => node.gateway(signal),
    enabled: status?.gateway === true,
    refetchInterval: (query) => (query.state.error ? 10_000 : everyMs),
    retry: false,
  });
  return { gateway: status?.gateway === true ? data : undefined, at: dataUpdatedAt, absent: status?.gateway === false, error: status ? error : statusError };
}
