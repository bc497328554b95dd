import { Component, type ReactNode, Suspense } from 'react';
import { Notice } from './basics';

interface Props {
  /** In its place while its code is on the way. */
  fallback: ReactNode;
  children: ReactNode;
}

/** A part of the page whose code is loaded when it is needed. One that cannot be, since the node is gone or is another version by now, says so and leaves the rest as it is. */
export class Part extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return <Suspense fallback={this.props.fallback}>{this.props.children}</Suspense>;
    return (
      <Notice tone="error">
        This part of the page could not be loaded.{' '}
        <button type="button" className="button small" onClick={() => location.reload()}>
          Load the page again
        </button>
      </Notice>
    );
  }
}
