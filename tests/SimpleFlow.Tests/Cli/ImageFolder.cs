using SimpleFlow.Tests.Data;

namespace SimpleFlow.Tests.Cli;

/// <summary>A folder that is not MNIST: four classes of images of 12 × 10 pixels, each class bright in a quarter of
/// its own, with noise over all of it.</summary>
internal sealed class ImageFolder : IDisposable
{
    private const int Rows = 12, Columns = 10, Classes = 4;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simpleflow-tool-");

    public ImageFolder(bool gzip = false, int training = 240, int test = 60)
    {
        Write("train", training, gzip, new Random(1));
        Write("t10k", test, gzip, new Random(2));
    }

    public string Path => _folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string name, int count, bool gzip, Random random)
    {
        var images = new byte[count * Rows * Columns];
        var labels = new byte[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)random.Next(Classes);
            for (var pixel = 0; pixel < Rows * Columns; pixel++)
            {
                var quarter = (pixel / Columns >= Rows / 2 ? 2 : 0) + (pixel % Columns >= Columns / 2 ? 1 : 0);
                images[i * Rows * Columns + pixel] = (byte)random.Next(quarter == labels[i] ? 255 : 100);
            }
        }
        Write($"{name}-images-idx3-ubyte", IdxFileTests.Idx(0x08, [(uint)count, Rows, Columns], images), gzip);
        Write($"{name}-labels-idx1-ubyte", IdxFileTests.Idx(0x08, [(uint)count], labels), gzip);
    }

    private void Write(string name, byte[] content, bool gzip) =>
        System.IO.File.WriteAllBytes(File(gzip ? name + ".gz" : name), gzip ? IdxFileTests.Gzip(content) : content);
}
