// Writes the digits of the playground: the first of MNIST's training and test images, in one file that a page loads when it is opened.
// dotnet run playground/digits.cs, in the folder of the repository.
#:project ../src/SimpleFlow/SimpleFlow.csproj

using System.Buffers.Binary;
using System.IO.Compression;
using SimpleFlow;

const int Train = 3000, Test = 1000;
var mnist = Mnist.Load();
using var file = File.Create("playground/SimpleFlow.Playground/wwwroot/digits.bin");
using var packed = new DeflateStream(file, CompressionLevel.SmallestSize);
Write(mnist.Train, Train);
Write(mnist.Test, Test);

// The number of images, big-endian as in MNIST's own files, a byte for each pixel, and a byte for each label.
void Write(ImageSet images, int count)
{
    Span<byte> header = stackalloc byte[4];
    BinaryPrimitives.WriteInt32BigEndian(header, count);
    packed.Write(header);
    packed.Write(images.Pixels[..(count * images.Rows * images.Columns)]);
    packed.Write(images.LabelBytes[..count]);
}
