// What the platforms beside WeChat give a mini-program; `my` comes with its types.
declare const tt: typeof import('@douyin-microapp/typings/types/api');
