import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, useState } from 'react';
import { Empty, Notice } from './components/basics';
import { Header } from './components/Header';
import { Part } from './components/Part';
import { PageDocumentProvider } from './components/PageDocument';
import { LiveProvider, useConnection, useNow } from './live/LiveProvider';
import { Link, RouterProvider, useRouter } from './live/router';
import { isOld } from './model/connection';
import { formatAge } from './model/format';
import { ServicePage } from './pages/service/ServicePage';
import { ServicesPage } from './pages/services/ServicesPage';

const TopologyPage = lazy(() => import('./pages/topology/TopologyPage'));
const TimelinePage = lazy(() => import('./pages/timeline/TimelinePage'));
const GatewayPage = lazy(() => import('./pages/gateway/GatewayPage'));
const ExplainPage = lazy(() => import('./pages/explain/ExplainPage'));

export function App() {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 1_000 } } }));
  return (
    <QueryClientProvider client={client}>
      <RouterProvider>
        <LiveProvider>
          <PageDocumentProvider>
            <Shell />
          </PageDocumentProvider>
        </LiveProvider>
      </RouterProvider>
    </QueryClientProvider>
  );
}

function Shell() {
  const connection = useConnection();
  const { page } = useRouter();
  return (
    <>
      <Header />
      {isOld(connection) && <OldNotice heardAt={connection.heardAt} error={connection.error} />}
      <main id="main" tabIndex={-1} className={isOld(connection) && connection.heardAt !== undefined ? 'old' : undefined}>
        <Part key={page.name} fallback={<p className="faint loading">Loading.</p>}>
          <CurrentPage />
        </Part>
      </main>
    </>
  );
}

function OldNotice({ heardAt, error }: { heardAt: number | undefined; error: string | undefined }) {
  const now = useNow();
  return (
    <div className="old-notice">
      <Notice tone="error">
        {heardAt === undefined ? 'The node does not answer.' : `The node does not answer. What is shown is ${formatAge(now - heardAt)} old.`} {error} It is asked again and again.
      </Notice>
    </div>
  );
}

function CurrentPage() {
  const { page } = useRouter();
  switch (page.name) {
    case 'services':
      return <ServicesPage />;
    case 'service':
      return <ServicePage key={page.service} name={page.service} />;
    case 'topology':
      return <TopologyPage />;
    case 'timeline':
      return <TimelinePage />;
    case 'gateway':
      return <GatewayPage />;
    case 'explain':
      return <ExplainPage />;
    case 'unknown':
      return (
        <Empty title="There is no such page">
          <p>
            Nothing is at <code>{page.path}</code>. <Link to={{ name: 'services' }}>All services</Link>
          </p>
        </Empty>
      );
  }
}
