import { useQuery } from '@tanstack/react-query';
import { node } from '../api/client';

/** Whether the node imports a service; asked for one that the registry does not have, since its source may not have answered yet. */
export function useIsImported(service: string, ask: boolean): boolean {
  const { data } = useQuery({ queryKey: ['discovery'], queryFn: ({ signal }) => node.discovery(signal), refetchInterval: 5_000, enabled: ask });
  return ask && (data?.kubernetesDiscovery.services.includes(service) ?? false);
}
