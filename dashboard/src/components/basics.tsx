import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Counts } from '../model/catalog';
import { scoreTone } from '../model/cards';
import { formatAge, formatTime } from '../model/format';
import { type Status, statusWords } from '../model/status';
import { Icon } from './Icon';

export function StatusBadge({ status }: { status: Status }) {
  return (
    <span className="status" data-status={status} title={statusWords[status]}>
      <span className="status-dot" aria-hidden="true" />
      {status}
    </span>
  );
}

/** How many of all are ready, draining, not ready: as lengths, with the numbers for those who cannot see them. */
export function ReadyBar({ counts }: { counts: Counts }) {
  const { total, ready, draining, notReady } = counts;
  const words = total === 0 ? 'no instances' : `${ready} ready, ${notReady} not ready, ${draining} draining`;
  return (
    <span className="ready-bar" role="img" aria-label={words} title={words}>
      {ready > 0 && <span data-status="ready" style={{ flexGrow: ready }} />}
      {notReady > 0 && <span data-status="booting" style={{ flexGrow: notReady }} />}
      {draining > 0 && <span data-status="draining" style={{ flexGrow: draining }} />}
    </span>
  );
}

export function Score({ score }: { score: number | undefined }) {
  if (score === undefined) return <span className="faint" aria-label="no score">–</span>;
  return (
    <span className="score" data-tone={scoreTone(score)} title={`Health score ${score} of 100`}>
      <span className="visually-hidden">score </span>
      {score}
    </span>
  );
}

/** A moment as its age; the exact time is in the tooltip. */
export function Age({ at, now, suffix = false }: { at: number; now: number; suffix?: boolean }) {
  if (!Number.isFinite(at)) return <span className="faint">–</span>;
  const age = formatAge(now - at);
  return (
    <time dateTime={new Date(at).toISOString()} title={formatTime(at, now)}>
      {suffix && age !== 'now' ? `${age} ago` : age}
    </time>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button type="button" className="icon-button small" onClick={() => void copy(text).then(setCopied)} aria-label={copied ? `Copied ${label}` : `Copy ${label}`} title={copied ? 'Copied' : `Copy ${label}`}>
      <Icon name={copied ? 'check' : 'copy'} size={13} />
    </button>
  );
}

// Pages that came over plain HTTP from another machine have no clipboard; the old way still works there.
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

export function Segmented<T extends string>({ label, value, options, onChange }: {
  label: string;
  value: T;
  options: readonly { value: T; label: string; icon?: Parameters<typeof Icon>[0]['name'] }[];
  onChange: (value: T) => void;
}) {
  return (
    <div className="segmented" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === value} onClick={() => onChange(option.value)}>
          {option.icon && <Icon name={option.icon} size={14} />}
          <span>{option.label}</span>
        </button>
      ))}
    </div>
  );
}

export function Empty({ title, icon = 'explain', children }: { title: string; icon?: Parameters<typeof Icon>[0]['name']; children?: ReactNode }) {
  return (
    <div className="empty">
      <span className="empty-mark" aria-hidden="true">
        <Icon name={icon} size={22} />
      </span>
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function Notice({ tone, children }: { tone: 'warn' | 'error' | 'info'; children: ReactNode }) {
  return (
    <div className="notice" data-tone={tone} role={tone === 'error' ? 'alert' : 'status'}>
      <Icon name={tone === 'info' ? 'explain' : 'warning'} />
      <div>{children}</div>
    </div>
  );
}

/** A modal dialog of the browser's own: it keeps the focus and ends with Escape. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // What it is about, not the button that closes it.
    (element?.querySelector<HTMLElement>('form input, form select') ?? element?.querySelector<HTMLElement>('form button'))?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} className="dialog" aria-label={title} onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <header>
        <h2>{title}</h2>
        <button type="button" className="icon-button" onClick={onClose} aria-label="Close">
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** A heading with what belongs to it. */
export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {aside && <div className="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
