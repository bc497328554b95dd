import { useEffect, useRef, useState } from 'react';
import { Picture, type PicturePhase } from '../../live/picture';

const words: Record<PicturePhase, string> = { connecting: 'Connecting.', shown: '', lost: 'No picture at present. It is tried again.' };

/** What an instance shows, live. In a file of its own, since noVNC is loaded only when somebody looks. */
export default function PictureFrame({ url, name }: { url: string; name: string }) {
  const screen = useRef<HTMLDivElement>(null);
  const [phase, setPhase] = useState<PicturePhase>('connecting');
  useEffect(() => {
    const picture = new Picture(screen.current!, url, setPhase);
    picture.start();
    return () => picture.stop();
  }, [url]);
  return (
    <div className="picture" data-phase={phase}>
      <div ref={screen} role="img" aria-label={`Live picture of ${name}`} className="picture-screen" />
      {words[phase] && <p>{words[phase]}</p>}
    </div>
  );
}
