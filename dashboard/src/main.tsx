import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { applyTheme, readSettings } from './live/settings';
import './styles/index.css';

// Before anything is drawn: a page that turns dark later is a flash.
applyTheme(readSettings().theme);
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
