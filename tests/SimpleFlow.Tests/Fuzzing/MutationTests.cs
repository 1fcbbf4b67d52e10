using SimpleFlow.Fuzz;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Fuzzing;

/// <summary>The readers under thousands of changed files, by the same targets that fuzzers run for hours.</summary>
[Trait("Promise", "10")]
public sealed class MutationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int> Targets => new()
    {
        { "idx", 3000 }, { "csv", 3000 }, { "npy", 4000 }, { "npz", 2000 }, { "safetensors", 4000 }, { "layers", 2000 }, { "network", 800 },
        { "checkpoint", 300 }, { "pictures", 1000 }, { "onnx", 400 },
    };

    [Theory, MemberData(nameof(Targets))]
    public void Whatever_happens_to_a_file_a_typed_error_comes_out_and_no_memory_is_wasted(string name, int files)
    {
        var run = MutationRun.Of(FuzzTarget.All.Single(target => target.Name == name), files, seed: 1, _folder.File("file"));
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        // What is behind the checksum was reached: values of a checkpoint, a network or a description were changed by themselves.
        if (name is "network" or "checkpoint" or "layers") Assert.InRange(run.FieldsEdited, files / 4, 3 * files);
        // Neither does everything pass, nor is everything refused for the same reason.
        Assert.InRange(run.Refused, files / 20, files - Corpus.Of(run.Target).Count / 2);
        Assert.InRange(run.Reasons.Count, 3, files);
    }

    [Fact]
    public void Every_reader_is_tried() =>
        Assert.Equal(FuzzTarget.All.Select(target => target.Name), Targets.Select(row => row.Data.Item1));

    [Fact]
    public void Another_error_is_noticed() =>
        Assert.Contains("InvalidOperationException came out",
            Assert.Throws<FuzzException>(() => new Broken(_ => throw new InvalidOperationException()).Run([1], _folder.File("f"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_error_that_does_not_name_the_file_is_noticed() =>
        Assert.Throws<FuzzException>(() => new Broken(_ => throw new DataException("Something is wrong.")).Run([1], _folder.File("f")));

    [Fact]
    public void Wasted_memory_is_noticed() =>
        Assert.Matches("2,0[0-9,]* bytes were allocated to read a file of 1",
            Assert.Throws<FuzzException>(() => new Broken(_ => GC.KeepAlive(new byte[2_000_000])).Run([1], _folder.File("f"))).Message);

    [Fact]
    public void A_promised_error_is_none() =>
        Assert.IsType<DataException>(new Broken(path => throw new DataException($"{path} is wrong.")).Run([1], _folder.File("f")));

    [Fact]
    public void The_same_seed_changes_files_in_the_same_way()
    {
        byte[] bytes = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        byte[][] Changed(int seed)
        {
            var mutator = new Mutator(seed);
            return [.. Enumerable.Range(0, 50).Select(_ => mutator.Bytes(bytes, [bytes])),
                .. Enumerable.Range(0, 50).Select(_ => mutator.Text("{'a': 1}"u8.ToArray()))];
        }
        Assert.Equal(Changed(1), Changed(1));
        Assert.NotEqual(Changed(1), Changed(2));
    }

    private sealed class Broken(Action<string> read) : FuzzTarget
    {
        public override string Name => "broken";
        public override string Ending => "";
        public override IEnumerable<(string Name, byte[] Bytes)> Seeds() => [];
        public override object Read(string path)
        {
            read(path);
            return path;
        }

        public override void Use(string path, object read) { }
    }
}
