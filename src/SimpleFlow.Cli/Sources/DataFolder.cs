namespace SimpleFlow.Cli.Sources;

/// <summary>A folder of IDX images: MNIST, or any with four files under MNIST's names.</summary>
internal static class DataFolder
{
    // Some hundred digits of MNIST, which come with the tool.
    private static readonly string Digits = Path.Combine(AppContext.BaseDirectory, "digits");

    /// <summary>Whether this is the name of images that are known without a folder: <c>mnist</c> or <c>digits</c>.</summary>
    public static bool IsKnown(string name) => name is "mnist" or "digits";

    /// <summary>The folder of images by their name on the command line; null for MNIST wherever it is found.</summary>
    public static string? Of(string name) => name switch { "mnist" => null, "digits" => Digits, _ => name };

    /// <summary>Reads the images and makes sure that there are some to train on and to test on.</summary>
    /// <param name="folder">The folder, or null for MNIST wherever it is found.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="DataException">They are missing or damaged, or there are none.</exception>
    public static ImageData Load(string? folder, CancellationToken cancellation)
    {
        if (folder is not null && !Directory.Exists(folder))
            throw new DataException(
                $"{folder}: there is no such folder. Say `digits` or `mnist`, or a folder with four IDX files under their MNIST names.");
        var data = Mnist.Load(folder, cancellation: cancellation);
        Require(data.Train.Count, "images to train on");
        Require(data.Test.Count, "images to test on");
        Require(data.Train.Rows * (long)data.Train.Columns, "pixels in the images");
        return data;

        void Require(long count, string what)
        {
            if (count == 0) throw new DataException($"{folder ?? "mnist"}: there are no {what}.");
        }
    }
}
