import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { node } from '../../api/client';
import type { GatewayCluster, GatewayRoute } from '../../api/documents';
import { Dialog, Notice } from '../../components/basics';
import { formatNumber } from '../../model/format';
import { asConfigured, isSame, readPercent, type Share, shareOut, shiftSentence } from '../../model/shares';
import { ShareField } from './ShareField';

interface Props {
  route: GatewayRoute;
  clusters: readonly GatewayCluster[];
  onClose: () => void;
}

interface Draft {
  readonly shares: readonly Share[];
  /** What is being typed, as it is: it may not be a number yet. */
  readonly typed: { version: string; text: string } | undefined;
}

/** Gives the versions of a route other shares, once it has been seen what that means. */
export function ShiftDialog({ route, clusters, onClose }: Props) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>();
  // Until something is changed here, what is shown follows what is in force.
  const shares = draft?.shares ?? route.versions;
  const configured = asConfigured(route.versions);
  const shift = useMutation({
    mutationFn: () => (isSame(configured, shares) ? node.resetShift(route.name) : node.shift(route.name, Object.fromEntries(shares.map((share) => [share.version, `${share.percent}%`])))),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['gateway'] });
      onClose();
    },
  });
  const change = (version: string, text: string) => {
    const percent = readPercent(text);
    setDraft({ shares: percent === undefined ? shares : shareOut(shares, version, percent), typed: { version, text } });
  };
  const isWrong = draft?.typed !== undefined && readPercent(draft.typed.text) === undefined;
  const isNothing = isSame(route.versions, shares);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    shift.mutate();
  };
  return (
    <Dialog title={`Shift ${route.name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <p>It takes effect at once and leaves the file as it is: until the route&apos;s splits change there, or the gateway is started anew.</p>
        <div className="shares">
          {route.versions.map((version, index) => (
            <ShareField
              key={version.version}
              version={version.version}
              cluster={version.cluster}
              percent={shares[index]!.percent}
              text={draft?.typed?.version === version.version ? draft.typed.text : undefined}
              onChange={(text) => change(version.version, text)}
            />
          ))}
        </div>
        <p className="preview" data-tone={isNothing ? undefined : 'info'} role="status">
          {shiftSentence(route.name, route.versions, shares)}
        </p>
        {warningsOf(route, clusters, shares).map((warning) => (
          <Notice key={warning} tone="warn">
            {warning}
          </Notice>
        ))}
        {route.sessions && <p className="faint">Sessions that a cookie keeps stay with their version until it has no share left.</p>}
        {shift.error && <Notice tone="error">{shift.error.message}</Notice>}
        <footer className="dialog-actions">
          {!isSame(configured, shares) && (
            <button type="button" className="button start" onClick={() => setDraft({ shares: configured, typed: undefined })}>
              As in the file
            </button>
          )}
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={isNothing || isWrong || shift.isPending}>
            Shift
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

const failingFrom = 0.01;

/** What speaks against giving more to a version. */
function warningsOf(route: GatewayRoute, clusters: readonly GatewayCluster[], shares: readonly Share[]): readonly string[] {
  return route.versions.flatMap((version, index) => {
    if (shares[index]!.percent <= version.percent) return [];
    const cluster = clusters.find((each) => each.name === version.cluster);
    const failing = version.traffic.rate1m > 0 ? version.traffic.failureRate1m / version.traffic.rate1m : 0;
    return [
      ...(cluster && !cluster.instances.some((instance) => instance.state === 'ready') ? [`Nobody is ready in ${cluster.name}: requests of ${version.version} will fail.`] : []),
      ...(failing > failingFrom ? [`${formatNumber(failing * 100)} % of the requests of ${version.version} failed in the last minute.`] : []),
    ];
  });
}
