namespace SimpleFlow.Cli.Code;

/// <summary>The program of a network for images: files, or pixels that the program has already.</summary>
internal static class ImageProgram
{
    public static string Of(ImageInput image, NetworkOutput output)
    {
        var colours = image.Channels == 1 ? "grey" : "in colours";
        return $$"""
            // {{NetworkProgram.Said(output)}}
            if (args.Length > 0)
            {
                // An image file, or a folder of them, stretched to {{image.Rows}} × {{image.Columns}} pixels, {{colours}}, as in training.
                foreach (var (file, answer) in network.{{NetworkProgram.Call(output, "Pictures")}}(args[0]))
                    {{NetworkProgram.Written(output, "{file}: ")}}
                return;
            }

            // Pixels: [images, channels, rows, columns], numbers from 0 to 1. These are black.
            var pixels = new float[1, {{image.Channels}}, {{image.Rows}}, {{image.Columns}}];
            foreach (var answer in network.{{NetworkProgram.Call(output, "Encoded")}}(pixels)) {{NetworkProgram.Written(output)}}

            // On many threads at once, as in a web server, use network.Predictor():
            // give its {{NetworkProgram.Call(output, "Encoded")}} pixels, or network.ReadPictures("file.png").Images.

            """;
    }
}
