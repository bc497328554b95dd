import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { LiveDocument } from '../api/documents';

// The header speaks of the service that the page below it shows.
const Context = createContext<{ document: LiveDocument | undefined; set: (document: LiveDocument | undefined) => void } | undefined>(undefined);

export function PageDocumentProvider({ children }: { children: ReactNode }) {
  const [document, set] = useState<LiveDocument>();
  return <Context value={useMemo(() => ({ document, set }), [document])}>{children}</Context>;
}

export function usePageDocument(): LiveDocument | undefined {
  return useContext(Context)?.document;
}

/** Makes the header speak of this document for as long as the page is shown. */
export function useShowInHeader(document: LiveDocument | undefined): void {
  const set = useContext(Context)?.set;
  useEffect(() => {
    set?.(document);
    return () => set?.(undefined);
  }, [set, document]);
}
