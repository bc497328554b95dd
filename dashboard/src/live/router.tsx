import { createContext, type MouseEvent, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { type Page, pageOf, pathOf, titleOf, withParameters } from '../model/routes';

interface Location {
  path: string;
  search: string;
}

interface Router {
  page: Page;
  parameters: URLSearchParams;
  navigate: (page: Page, parameters?: Readonly<Record<string, string | undefined>>) => void;
  /** Changes parameters of this page; a step back does not stop at each of them. */
  setParameters: (change: Readonly<Record<string, string | undefined>>) => void;
}

const Context = createContext<Router | undefined>(undefined);

const current = (): Location => ({ path: location.pathname, search: location.search });

export function RouterProvider({ children }: { children: ReactNode }) {
  const [at, setAt] = useState(current);
  useEffect(() => {
    const onPop = () => setAt(current());
    addEventListener('popstate', onPop);
    return () => removeEventListener('popstate', onPop);
  }, []);
  const navigate = useCallback<Router['navigate']>((page, parameters = {}) => {
    history.pushState(null, '', pathOf(page) + withParameters('', parameters));
    setAt(current());
    scrollTo(0, 0);
  }, []);
  const setParameters = useCallback<Router['setParameters']>((change) => {
    history.replaceState(null, '', location.pathname + withParameters(location.search, change));
    setAt(current());
  }, []);
  const page = useMemo(() => pageOf(at.path), [at.path]);
  const parameters = useMemo(() => new URLSearchParams(at.search), [at.search]);
  useEffect(() => {
    document.title = titleOf(page);
  }, [page]);
  const router = useMemo(() => ({ page, parameters, navigate, setParameters }), [page, parameters, navigate, setParameters]);
  return <Context value={router}>{children}</Context>;
}

export function useRouter(): Router {
  const router = useContext(Context);
  if (!router) throw new Error('useRouter needs a RouterProvider around it.');
  return router;
}

interface LinkProps {
  to: Page;
  parameters?: Readonly<Record<string, string | undefined>>;
  className?: string;
  current?: boolean;
  title?: string;
  children: ReactNode;
}

/** A real link: it can be opened in another tab and copied. */
export function Link({ to, parameters, className, current: isCurrent, title, children }: LinkProps) {
  const { navigate } = useRouter();
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to, parameters);
  };
  return (
    <a href={pathOf(to) + withParameters('', parameters ?? {})} onClick={onClick} className={className} title={title} aria-current={isCurrent ? 'page' : undefined}>
      {children}
    </a>
  );
}
