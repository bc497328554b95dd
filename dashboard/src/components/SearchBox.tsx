import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from './Icon';

interface Props {
  value: string;
  onChange: (value: string) => void;
  label: string;
  placeholder: string;
  /** What can be added with a click. */
  suggestions: readonly { term: string; on: boolean; toggle: () => void }[];
}

/** The search; `/` leads to it, Escape empties it. */
export function SearchBox({ value, onChange, label, placeholder, suggestions }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const help = useId();
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== '/' || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const change = (next: string) => {
    setText(next);
    onChange(next);
  };
  return (
    <div className="search">
      <div className="search-field">
        <Icon name="search" size={15} />
        <input
          ref={input}
          type="search"
          value={text}
          aria-label={label}
          aria-describedby={help}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') change('');
          }}
        />
        <kbd aria-hidden="true">/</kbd>
        <span id={help} className="visually-hidden">
          Words, or field:value with the fields zone, state, version, node, score, weight and any metadata key; numbers as score:80..90 or score:{'<'}70. A minus before a term means not.
        </span>
      </div>
      {suggestions.length > 0 && (
        <div className="chips" role="group" aria-label="Filters">
          {suggestions.map((suggestion) => (
            <button key={suggestion.term} type="button" className="chip" aria-pressed={suggestion.on} onClick={suggestion.toggle}>
              {suggestion.term}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
