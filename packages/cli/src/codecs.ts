import type { FieldCodecPack } from "@atdata/core";
import { arrowTensorCodec, dataframeCodec } from "@atdata/core/arrow";
import { safetensorsCodec } from "@atdata/core/safetensors";
import { sparseCodec } from "@atdata/core/sparse";

/** The codecs of all kinds of field. */
export const codecs: readonly FieldCodecPack[] = [sparseCodec, arrowTensorCodec, dataframeCodec, safetensorsCodec];
