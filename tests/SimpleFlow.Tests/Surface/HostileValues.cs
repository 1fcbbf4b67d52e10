using System.Collections.Concurrent;
using System.Numerics.Tensors;

namespace SimpleFlow.Tests.Surface;

/// <summary>For each type some arguments: the first is good, the others are what nobody should pass.</summary>
internal static class HostileValues
{
    private static readonly Placeholder X = new("x", [null, 3]), Images = new("images", [null, 1, 4, 4]),
        Labels = new("labels", [null], ElementType.Int32);
    private static readonly Variable Weights = new("weights", [3, 3]);
    private static readonly Node Scores = X.MatMul(Weights), Loss = Losses.SoftmaxCrossEntropy(Scores, Labels);
    private static readonly CsvTable Table = CsvTable.Parse("a,b\n1,x\n2,y\n3,x\n4,y\n");
    private static readonly TableInput Input = TableInput.Of(Table, "b", out _);
    private static readonly NetworkDescription Description = new(Input, ClassOutput.Of(Table, "b"), [new Layer.Dense(2)]);

    // What the calls change is made anew for each.
    private static Feed Fed => new() { [X] = new float[4, 3], [Labels] = new int[4] };

    private static Dataset Rows => new() { [X] = new float[4, 3], [Labels] = new int[4] };

    private static readonly string Folder = Directory.CreateTempSubdirectory("simpleflow-surface-").FullName;

    /// <summary>The values that stand for a parameter.</summary>
    public static IReadOnlyList<object?> Of(Type type, string name)
    {
        if (type.IsByRef) return [null];
        if (type.IsByRefLike) return Of(type.GetGenericArguments()[0].MakeArrayType(), name);
        if (Nullable.GetUnderlyingType(type) is { } inner) return [null, .. Of(inner, name)];
        if (type == typeof(string)) return Texts(name);
        if (type == typeof(int)) return Integers(name);
        if (type.IsEnum) return [Enum.ToObject(type, 0), Enum.ToObject(type, 99), Enum.ToObject(type, -1)];
        if (Known.TryGetValue(type, out var values)) return values();
        if (type.IsArray && Known.TryGetValue(type.GetElementType()!, out var elements))
            return type.GetArrayRank() == 1 ? Arrays(type.GetElementType()!, elements())
                : [Array.CreateInstance(type.GetElementType()!, Sizes(type, first: 2)), null,
                    Array.CreateInstance(type.GetElementType()!, Sizes(type, first: 0))];
        if (type.IsGenericType && type.GetGenericTypeDefinition() is var generic)
        {
            if (generic == typeof(IReadOnlyList<>) || generic == typeof(IEnumerable<>))
                return Of(type.GetGenericArguments()[0].MakeArrayType(), name);
            if (generic == typeof(Dictionary<,>)) return [Activator.CreateInstance(type), null];
        }
        // Of a type that is not named here, what its own constructors make.
        return Made.GetOrAdd(type, static type => [.. Surface.Specimens(type), type.IsValueType ? Activator.CreateInstance(type) : null]);
    }

    private static int[] Sizes(Type array, int first) => [first, .. Enumerable.Repeat(3, array.GetArrayRank() - 1)];

    private static readonly ConcurrentDictionary<Type, object?[]> Made = new();

    private static readonly Dictionary<Type, Func<object?[]>> Known = new()
    {
        [typeof(long)] = () => [1L, 0L, -1L, 5L, long.MinValue, long.MaxValue],
        [typeof(ulong)] = () => [1UL, ulong.MaxValue],
        [typeof(char)] = () => ['a', '\0', '\ud800'],
        [typeof(byte)] = () => [(byte)1, (byte)255],
        [typeof(float)] = () => [0.5f, 0f, 1f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity],
        [typeof(double)] = () => [0.5, 0.0, 1.0, -1.0, double.NaN, double.PositiveInfinity, double.MaxValue],
        [typeof(bool)] = () => [false, true],
        [typeof(TimeSpan)] = () => [TimeSpan.FromSeconds(1), TimeSpan.MinValue, TimeSpan.Zero],
        [typeof(CancellationToken)] = () => [CancellationToken.None, new CancellationToken(canceled: true)],
        [typeof(Node)] = () => [X, null, Scores, Loss, Images, Labels, Weights, new Placeholder("number", []),
            new Placeholder("open", [null, null, null]), new Placeholder("nothing", [0, 3]), X.Greater(0f), new Constant(1f)],
        [typeof(Placeholder)] = () => [X, null, Labels, Images],
        [typeof(Variable)] = () => [Weights, null, new Variable("none", [0])],
        [typeof(Operation)] = () => [Scores],
        [typeof(NodeList)] = () => [NodeList.Create([Loss]), default(NodeList), NodeList.Create([Scores, Labels]), NodeList.Create([X])],
        [typeof(Shape)] = () =>
            [Shape.Create([2, 3]), null, Shape.Scalar, Shape.Create([null, null]), Shape.Create([0]), Shape.Create([1, 1, 1, 1, 1, 1])],
        [typeof(Op)] = () => [new Relu(), null, new MatMul(Weights), new Concat([X], 7)],
        [typeof(Initializer)] = () =>
            [null, Initializer.Zeros(), Initializer.Constant([1f, 2f]), Initializer.Uniform(float.NaN, float.PositiveInfinity)],
        [typeof(Feed)] = () => [Fed, null, new Feed(), new Feed { [X] = new float[4, 5], [Labels] = new int[4] },
            new Feed { [X] = new float[4, 3], [Labels] = new[] { 0, 1, 2, 9 } },
            new Feed { [X] = new float[0, 3], [Labels] = Array.Empty<int>() }, new Feed { [X] = 1f, [Labels] = 0.5f }],
        [typeof(Dataset)] = () => [Rows, null, new Dataset(), new Dataset { [X] = new float[4, 3] },
            new Dataset { [X] = new float[0, 3], [Labels] = Array.Empty<int>() }, new Dataset { [X] = new float[4, 5],
                [Labels] = new int[4] }, new Dataset { [Images] = new float[4, 3], [Labels] = new[] { 0.5f, 1, 2, 3 } }],
        [typeof(DataArray)] = () => [(DataArray)new float[4, 3], null, (DataArray)new[] { 0, 1, 2, -1 }, (DataArray)1f,
            (DataArray)new float[0, 3], (DataArray)Array.Empty<int>(), (DataArray)new[] { float.NaN, 1e30f }],
        [typeof(Array)] = () => [new float[2, 3], null, new[] { "text" }, Array.Empty<float>(), new float[1, 1, 1, 1, 1], new float[2][],
            Array.CreateInstance(typeof(float), [2], [5]), new bool[1]],
        [typeof(Tensor<float>)] = () =>
            [Tensor.Create([1f, 2, 3, 4], [2, 2]), null, Tensor.Create([1f], [1]), Tensor.Create(Array.Empty<float>(), [0])],
        [typeof(Tensor<double>)] = () => [Tensor.Create([1.0, 2], [2]), null],
        [typeof(Tensor<int>)] = () => [Tensor.Create([1, 2], [2]), null],
        [typeof(CsvTable)] = () => [Table, null, CsvTable.Parse("a,b\n"), CsvTable.Parse("b\nx\n"), CsvTable.Parse("a,b\n1,\n,y\n")],
        [typeof(Model)] = () =>
            [new Model(Loss, Scores, new Adam(), threads: 1), new Model(Loss), new Model(losses: default, predictions: Scores), null],
        [typeof(Network)] = () => [new Network(Description, new Adam(), new() { Threads = 1 })],
        [typeof(NetworkDescription)] = () => [Description, null, new NetworkDescription(new ImageInput(0, -1, 3), new ClassOutput("b", []),
            []), new NetworkDescription(new TextInput("", -1), new NextCharacterOutput(-1), []),
            new NetworkDescription(new TableInput([]), new NumberOutput("b", double.NaN, 0), [])],
        [typeof(NetworkInput)] = () => [Input, null],
        [typeof(NetworkOutput)] = () => [ClassOutput.Of(Table, "b"), null],
        [typeof(Optimizer)] = () => [null, new Adam(), new GradientDescent(1e10f)],
        [typeof(Layer)] = () => [new Layer.Dense(2), null],
        [typeof(TableColumn)] = () => [new NumberColumn("a", 0, 1, false), null, new CategoryColumn("b", [])],
        [typeof(FitOptions)] = () => [new FitOptions { Epochs = 1 }, null, new FitOptions { Epochs = 1, Sampler = _ => [99] },
            new FitOptions { Epochs = 2, Sampler = epoch => new int[epoch + 1], Accumulate = int.MaxValue }],
        [typeof(Callback)] = () => [new EarlyStopping(), null, new BestWeights("no such metric"), new WeightAverage()],
        [typeof(IProgress<TrainingProgress>)] = () => [null],
        [typeof(Augmentation)] = () => [new ImageAugmentation(1, 3), null, new ImageAugmentation(4, 4) { Elastic = 1, Rotation = 10 }],
        [typeof(TimeProvider)] = () => [null],
        [typeof(Random)] = () => [new Random(1), null],
        [typeof(Activation)] = () => [null, Activation.Relu, (Activation)(_ => null!)],
        [typeof(Func<TrainingPosition, double>)] = () =>
            [(Func<TrainingPosition, double>)(_ => 1), null, (Func<TrainingPosition, double>)(_ => double.NaN)],
        [typeof(Func<int, float>)] = () => [(Func<int, float>)(one => one), null],
        [typeof(RowReader)] = () => [(RowReader)((row, to) => to.Fill(row)), null],
        [typeof(Func<int, int>)] = () => [(Func<int, int>)(one => one), null],
        [typeof(Func<int, float[]>)] = () => [(Func<int, float[]>)(one => new float[2]), null, (Func<int, float[]>)(_ => null!),
            (Func<int, float[]>)(one => new float[Math.Abs(one % 3)])],
        [typeof(IReadOnlyDictionary<string, NamedTensor>)] = () =>
            [new Dictionary<string, NamedTensor>(), null, new Dictionary<string, NamedTensor> { ["a"] = null! },
                new Dictionary<string, NamedTensor> { ["a"] = new([long.MaxValue, long.MaxValue], []) },
                new Dictionary<string, NamedTensor> { ["\ud800"] = new([-1], [1]), ["__metadata__"] = new([2], []) }],
        [typeof(IReadOnlyDictionary<string, string>)] = () =>
            [null, new Dictionary<string, string> { ["sha256"] = "taken" }, new Dictionary<string, string> { ["a"] = null! }],
        [typeof(IReadOnlyDictionary<string, double>)] = () => [new Dictionary<string, double>(), null],
        [typeof(int)] = () => [0, 1, -1, 7, int.MaxValue],
        [typeof(string)] = () => ["a", "", null],
        [typeof(object)] = () => [null, "a"],
    };

    private static IReadOnlyList<object?> Texts(string name) => name switch
    {
        "path" or "folder" or "directory" or "resume" => [Path.Combine(Folder, "nothing"), "", null, Folder,
            Path.Combine(Folder, "no", "such", "place.svg"), "\0", Path.Combine(Folder, "page.html"), Path.Combine(Folder, "drawing.dot")],
        "json" => ["[]", "", null, "null", "[null]", "{", """[{ "layer": "dense" }]""",
            """[{ "layer": "dense", "units": -1 }, { "layer": "reshape", "sizes": null }]"""],
        "text" => ["a,b\n1,2\n", "", null, "\"", "\ufeff", "a"],
        _ => ["a", "", null, "\0", "b"],
    };

    // Counts and sizes stay small: a layer of two thousand million units is a matter of memory, not of arguments.
    private static IReadOnlyList<object?> Integers(string name) => name switch
    {
        "axis" or "row" or "column" or "index" or "start" or "Along" or "actual" or "predicted" or "classes" =>
            [0, -1, 2, 7, int.MinValue, int.MaxValue],
        _ => [1, 0, -1, 2, 7, int.MinValue],
    };

    private static IReadOnlyList<object?> Arrays(Type element, object?[] values)
    {
        return [Make(values[0]), Make(), null, .. values.Skip(1).Select(value => Make(value)), Make(values[0], values[0]),
            Make(values[^1], values[0], values[0])];

        Array Make(params object?[] elements)
        {
            var array = Array.CreateInstance(element, elements.Length);
            for (var i = 0; i < elements.Length; i++) array.SetValue(elements[i], i);
            return array;
        }
    }
}
