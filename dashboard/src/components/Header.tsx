import { useId } from 'react';
import { Link, useRouter } from '../live/router';
import { useCatalog, useConnection, useNow, useServiceList, useSettings } from '../live/LiveProvider';
import type { Phase } from '../model/connection';
import { connectionWords, discoveryOf } from '../model/discovery';
import { formatAge } from '../model/format';
import type { Page } from '../model/routes';
import { Icon, type IconName } from './Icon';
import { usePageDocument } from './PageDocument';

const pages: readonly { page: Page; label: string; icon: IconName }[] = [
  { page: { name: 'services' }, label: 'Services', icon: 'services' },
  { page: { name: 'topology' }, label: 'Topology', icon: 'topology' },
  { page: { name: 'timeline' }, label: 'Timeline', icon: 'timeline' },
  { page: { name: 'gateway' }, label: 'Gateway', icon: 'gateway' },
  { page: { name: 'explain' }, label: 'Explain', icon: 'explain' },
];

export function Header() {
  const { page } = useRouter();
  return (
    <header className="app-header">
      <a className="skip" href="#main">Skip to the content</a>
      <Link to={{ name: 'services' }} className="brand" title="Rollcall">
        <Logo />
        <span>Rollcall</span>
      </Link>
      <nav aria-label="Pages">
        {pages.map((each) => (
          <Link key={each.label} to={each.page} className="nav-link" current={each.page.name === page.name || (each.page.name === 'services' && page.name === 'service')}>
            <Icon name={each.icon} size={15} />
            {each.label}
          </Link>
        ))}
      </nav>
      <div className="header-state">
        <DiscoveryPill />
        <ConnectionState />
        <ThemeButton />
      </div>
    </header>
  );
}

function DiscoveryPill() {
  const services = useServiceList();
  const catalog = useCatalog();
  const live = usePageDocument();
  const connection = useConnection();
  const now = useNow();
  const tip = useId();
  // The list is asked for now and then; how many there are is known at once.
  const counted = [...services.values()].map((service) => ({ ...service, instances: catalog.services.get(service.name)?.counts.total ?? service.instances }));
  const discovery = discoveryOf(counted, live, connection, now);
  const unit = discovery.count === 1 ? discovery.unit.slice(0, -1) : discovery.unit;
  return (
    <span className="tip-anchor">
      <button type="button" className="pill" data-tone={discovery.tone} aria-describedby={tip}>
        <span className="pill-dot" aria-hidden="true" />
        <span className="pill-label">Auto-Discovery: </span>
        {discovery.mode} ({discovery.count} {unit})
      </button>
      <span role="tooltip" id={tip} className="tip">
        {discovery.details.map((detail) => (
          <span key={detail}>{detail}</span>
        ))}
      </span>
    </span>
  );
}

const phaseLabels: Record<Phase, string> = { connecting: 'connecting', live: 'live', polling: 'polling', offline: 'offline', paused: 'paused' };

function ConnectionState() {
  const connection = useConnection();
  const now = useNow();
  const tip = useId();
  const age = connection.phase === 'offline' && connection.heardAt !== undefined ? ` · ${formatAge(now - connection.heardAt)} old` : '';
  return (
    <span className="tip-anchor">
      <button type="button" className="connection" data-phase={connection.phase} aria-describedby={tip}>
        <span className="connection-dot" aria-hidden="true" />
        <span role="status">{phaseLabels[connection.phase]}</span>
        {age}
      </button>
      <span role="tooltip" id={tip} className="tip">
        <span>{connectionWords(connection, now)}</span>
      </span>
    </span>
  );
}

function ThemeButton() {
  const [settings, setSettings] = useSettings();
  const next = ({ system: 'light', light: 'dark', dark: 'system' } as const)[settings.theme];
  const icon = ({ system: 'system', light: 'sun', dark: 'moon' } as const)[settings.theme];
  return (
    <button type="button" className="icon-button" onClick={() => setSettings({ ...settings, theme: next })} aria-label={`Theme: ${settings.theme}. Change to ${next}`} title={`Theme: ${settings.theme}`}>
      <Icon name={icon} />
    </button>
  );
}

function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#2f54d1" />
      <circle cx="9.5" cy="10" r="2.5" fill="#7ee2b0" />
      <circle cx="9.5" cy="16" r="2.5" fill="#7ee2b0" />
      <circle cx="9.5" cy="22" r="2.5" fill="#ffd27a" />
      <path d="M15 10h9M15 16h9M15 22h6" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
