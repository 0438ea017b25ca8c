// The drawing of a certificate, 3:4. It leaves the page, so it is the same in both themes and has its colours here.

export interface CertificateWords {
  head: string;
  campaign: string;
  name: string;
  employer: string;
  place: string;
  votes: string;
  foot: string;
  address: string;
}

const width = 1080;
const height = 1440;
const margin = 56;
const paper = "#fffaf2";
const ink = "#211a17";
const soft = "#6b615a";
const red = "#b01e28";
const redDeep = "#5d0a12";
const gold = "#c9973a";
const tone = "#efd9cf";
const onTone = "#5b4a40";
const portraitWidth = 390;
const portraitHeight = 520;
const portraitTop = 332;

/** A picture that the canvas may give away again; none where it cannot be had. */
async function loadPicture(address: string | null): Promise<HTMLImageElement | undefined> {
  if (!address) return undefined;
  const picture = new Image();
  picture.crossOrigin = "anonymous";
  picture.referrerPolicy = "no-referrer";
  picture.src = address;
  try {
    await picture.decode();
    return picture;
  } catch {
    return undefined;
  }
}

class Sheet {
  readonly canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;
  readonly #family = getComputedStyle(document.body).fontFamily;

  constructor() {
    this.canvas.width = width;
    this.canvas.height = height;
    this.#context = this.canvas.getContext("2d")!;
    this.#context.textAlign = "center";
    this.#context.textBaseline = "alphabetic";
  }

  ground(): void {
    const context = this.#context;
    context.fillStyle = paper;
    context.fillRect(0, 0, width, height);
    const evening = context.createLinearGradient(0, 0, width, 620);
    evening.addColorStop(0, red);
    evening.addColorStop(1, redDeep);
    context.fillStyle = evening;
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(width, 0);
    context.lineTo(width, 560);
    context.quadraticCurveTo(width / 2, 700, 0, 560);
    context.fill();
    context.save();
    context.clip();
    context.strokeStyle = "#ffe2b0";
    context.lineWidth = 3;
    for (let ring = 0; ring < 11; ring++) {
      context.globalAlpha = 0.28 - ring * 0.022;
      context.beginPath();
      context.arc(width - 150, 90, 70 + ring * 62, 0, 2 * Math.PI);
      context.stroke();
    }
    context.restore();
    context.strokeStyle = gold;
    context.lineWidth = 4;
    context.strokeRect(margin / 2, margin / 2, width - margin, height - margin);
    context.lineWidth = 1.5;
    context.strokeRect(margin / 2 + 10, margin / 2 + 10, width - margin - 20, height - margin - 20);
  }

  /** The portrait at its place, cut to 3:4 in the middle; the first character of the name where there is none. */
  portrait(picture: HTMLImageElement | undefined, name: string): void {
    const context = this.#context;
    const [left, top] = [(width - portraitWidth) / 2, portraitTop];
    context.save();
    this.#round(left - 10, top - 10, portraitWidth + 20, portraitHeight + 20, 46);
    context.fillStyle = "#f0c163";
    context.fill();
    this.#round(left, top, portraitWidth, portraitHeight, 38);
    context.clip();
    context.fillStyle = tone;
    context.fillRect(left, top, portraitWidth, portraitHeight);
    if (picture) {
      const scale = Math.max(portraitWidth / picture.naturalWidth, portraitHeight / picture.naturalHeight);
      const [wide, high] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
      context.drawImage(picture, left + (portraitWidth - wide) / 2, top + (portraitHeight - high) / 2, wide, high);
    } else {
      context.fillStyle = onTone;
      context.font = `600 200px ${this.#family}`;
      context.fillText([...name][0] ?? "", width / 2, top + portraitHeight / 2 + 70);
    }
    context.restore();
  }

  #round(left: number, top: number, wide: number, high: number, radius: number): void {
    const context = this.#context;
    context.beginPath();
    context.moveTo(left + radius, top);
    context.arcTo(left + wide, top, left + wide, top + high, radius);
    context.arcTo(left + wide, top + high, left, top + high, radius);
    context.arcTo(left, top + high, left, top, radius);
    context.arcTo(left, top, left + wide, top, radius);
    context.closePath();
  }

  /** A line in the middle: smaller where it would be too wide, and shortened where that does not help. */
  line(text: string, baseline: number, { size, weight = 400, colour }: { size: number; weight?: number; colour: string }): void {
    const context = this.#context;
    const room = width - 4 * margin;
    let shown = text;
    let fitting = size;
    const measure = () => {
      context.font = `${weight} ${fitting}px ${this.#family}`;
      return context.measureText(shown).width;
    };
    while (measure() > room && fitting > size * 0.6) fitting -= 2;
    const characters = [...text];
    while (measure() > room && characters.length > 1) {
      characters.pop();
      shown = `${characters.join("")}…`;
    }
    context.fillStyle = colour;
    context.fillText(shown, width / 2, baseline);
  }
}

/** Draws it, and gives the picture's address. */
export async function drawCertificate(words: CertificateWords, portraitUrl: string | null): Promise<string> {
  const picture = await loadPicture(portraitUrl);
  const sheet = new Sheet();
  sheet.ground();
  sheet.line(words.campaign, 164, { size: 40, colour: "#ffe6d2" });
  sheet.line(words.head, 262, { size: 76, weight: 700, colour: "#ffdc9c" });
  sheet.portrait(picture, words.name);
  sheet.line(words.name, 970, { size: 92, weight: 700, colour: ink });
  sheet.line(words.employer, 1034, { size: 36, colour: soft });
  sheet.line(words.place, 1140, { size: 60, weight: 700, colour: red });
  sheet.line(words.votes, 1218, { size: 48, weight: 600, colour: ink });
  sheet.line(words.foot, 1316, { size: 30, colour: soft });
  sheet.line(words.address, 1360, { size: 26, colour: soft });
  return sheet.canvas.toDataURL("image/png");
}
