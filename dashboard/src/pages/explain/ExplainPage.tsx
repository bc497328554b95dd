import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { node } from '../../api/client';
import { Empty, Notice } from '../../components/basics';
import { useServiceList } from '../../live/LiveProvider';
import { useRouter } from '../../live/router';
import { Candidates } from './Candidates';
import { Steps } from './Steps';
import './explain.css';

const policies = ['peak-ewma', 'least-requests', 'round-robin', 'random', 'ring-hash', 'maglev', 'pick-first'];

/** What can be asked for beside the service; each is a parameter of the page and of the question. */
const fields = [
  { name: 'zone', label: 'In zone', placeholder: 'a' },
  { name: 'key', label: 'With key', placeholder: 'session-17' },
  { name: 'label', label: 'Only with label', placeholder: 'version=v2' },
  { name: 'slow-start', label: 'Slow start', placeholder: '30s' },
  { name: 'aperture', label: 'Aperture', placeholder: '8' },
  { name: 'client', label: 'Caller number', placeholder: '1' },
] as const;

export default function ExplainPage() {
  const { parameters, setParameters } = useRouter();
  const services = [...useServiceList().keys()].sort();
  const service = parameters.get('service') ?? '';
  const asked = questionOf(parameters);
  const { data, error } = useQuery({
    queryKey: ['explain', service, asked],
    queryFn: ({ signal }) => node.explain(service, asked, signal),
    enabled: service !== '',
    refetchInterval: 2_000,
    retry: false,
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page">
      <div className="page-head">
        <h1>Explain</h1>
        <p className="faint">Where a caller would send its next request, and why: the same filters and policies that callers use, on what the node knows now.</p>
      </div>
      <form className="question" onSubmit={(event) => event.preventDefault()}>
        <label className="field">
          Service
          <select value={service} onChange={(event) => setParameters({ service: event.target.value })}>
            <option value="">choose one</option>
            {(services.includes(service) || service === '' ? services : [service, ...services]).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field">
          Policy
          <select value={parameters.get('policy') ?? ''} onChange={(event) => setParameters({ policy: event.target.value })}>
            <option value="">library's default</option>
            {policies.map((policy) => (
              <option key={policy}>{policy}</option>
            ))}
          </select>
        </label>
        {fields.map((field) => (
          <label key={field.name} className="field">
            {field.label}
            <input value={parameters.get(field.name) ?? ''} placeholder={field.placeholder} spellCheck={false} autoComplete="off" onChange={(event) => setParameters({ [field.name]: event.target.value })} />
          </label>
        ))}
      </form>
      {error && <Notice tone="error">{error.message}</Notice>}
      {!service && <Empty title="Which service?">Choose one to see who would be picked.</Empty>}
      {data && service && !error && (
        <>
          <section className="verdict" data-found={data.winner !== undefined} aria-live="polite">
            <span className="verdict-winner">{data.winner ?? 'Nobody'}</span>
            <span>{data.why}</span>
            {data.panicking && <span className="tag" data-tone="warn">panic: ejected instances are used as well</span>}
            <span className="faint end">
              {data.policy} · revision {data.revision}
              {data.key && ` · key ${data.key}`}
            </span>
          </section>
          <Steps explanation={data} />
          <Candidates explanation={data} service={service} />
        </>
      )}
    </div>
  );
}

function questionOf(parameters: URLSearchParams): Record<string, string | undefined> {
  const pick = (name: string) => parameters.get(name) || undefined;
  const [key, value] = (pick('label') ?? '').split('=', 2);
  return {
    policy: pick('policy'),
    zone: pick('zone'),
    key: pick('key'),
    'slow-start': pick('slow-start'),
    aperture: pick('aperture'),
    client: pick('aperture') && pick('client'),
    ...(key && value ? { [`meta.${key}`]: value } : {}),
  };
}
