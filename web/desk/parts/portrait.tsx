// The picture of a nominee, or its first letter where there is none.

interface PortraitProps {
  nominee: { number: number; name: string; portraitUrl: string | null };
}

/** A small picture beside the name, which says who it is. */
export function Portrait({ nominee: { number, name, portraitUrl } }: PortraitProps) {
  if (portraitUrl) return <img class="portrait" src={portraitUrl} alt="" loading="lazy" width="36" height="48" />;
  return (
    <span class="portrait" style={{ "--hue": String((number * 47) % 360) }} aria-hidden="true">
      {Array.from(name)[0]}
    </span>
  );
}
