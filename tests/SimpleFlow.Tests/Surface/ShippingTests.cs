using System.Globalization;
using SimpleFlow.Images;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Surface;

/// <summary>
/// What a user ships: <c>tests/SimpleFlow.Shipped</c>, published for this machine, compiled ahead of time and trimmed.
/// All of the library is compiled and analysed, not only what the program calls, and a warning of either is an error.
/// </summary>
[Trait("Promise", "19")]
public sealed class ShippingTests
{
    [Fact]
    public async Task A_program_compiled_ahead_of_time_trains_saves_loads_reads_pictures_and_says_the_same()
    {
        var program = await ShippedProgram.Published();
        var folder = Path.Combine(Pages.Repository, "tests", "field", "pictures");
        var printed = (await ChildProcess.Run(AppContext.BaseDirectory, program, folder)).All;
        var said = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(": ")).ToDictionary(line => line[0], line => line[1]);
        Assert.Equal("True", said["compiled ahead of time"]);
        Assert.True(Last(said["images"]) < First(said["images"]) / 10, printed);
        Assert.Equal("4 steps more", said["resumed"]);
        Assert.Equal("right", said["gradients"]);
        Assert.True(Last(said["table"]) < First(said["table"]) / 10, printed);
        Assert.Equal("says the same", said["loaded"]);
        Assert.True(Last(said["own parts"]) < First(said["own parts"]) / 10, printed);
        Assert.Equal("says the same", said["own parts loaded"]);
        Assert.Equal("RunningSum(FromBack = False), Softsign(Steepness = 0.5)", said["own ops"]);
        foreach (var picture in Pictures.In(folder))
        {
            var pixels = new float[3 * 8 * 8];
            Pictures.Read([picture], 8, 8, channels: 3).Images.CopyTo(pixels);
            Assert.Equal(pixels.Sum().ToString("R", CultureInfo.InvariantCulture), said[Path.GetRelativePath(folder, picture)]);
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{new FileInfo(program).Length / 1e6:F1} MB\n{printed}");
    }

    private static double First(string losses) => double.Parse(losses.Split(' ')[1], CultureInfo.InvariantCulture);

    private static double Last(string losses) => double.Parse(losses.Split(' ')[^1], CultureInfo.InvariantCulture);
}
