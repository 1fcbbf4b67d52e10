// A web server that reads digits: it trains a small network on MNIST, and then answers on as many threads as there are requests.
//
//   dotnet run -c Release examples/11-web.cs                                  http://localhost:5000
//   dotnet run -c Release examples/11-web.cs -- --urls http://localhost:8080
//
// POST /digit takes 784 numbers from 0 to 255 as JSON, the rows of a 28 × 28 image one after the other:
// {"digit":7,"probability":0.98}. GET /digit/12 answers for a test image.

#:sdk Microsoft.NET.Sdk.Web
#:property PublishAot=false
#:project ../src/SimpleFlow/SimpleFlow.csproj

using SimpleFlow;

var mnist = Mnist.Load();

var x = new Placeholder("x", [null, 784]);
var y = new Placeholder("y", [null], ElementType.Int32);
var scores = Layers.Dense(Layers.Dense(x, 64, Activation.Relu), 10);
var model = new Model(Losses.SoftmaxCrossEntropy(scores, y), scores, new Adam(), metrics: Metrics.Accuracy(scores, y));
model.Fit(new Dataset { [x] = mnist.Train.Images, [y] = mnist.Train.Labels }.Take(10_000), epochs: 2);

// One predictor for all requests. It has the weights of this moment.
using var predictor = model.Predictor();

var app = WebApplication.CreateBuilder(args).Build();
app.MapPost("/digit", (float[] pixels) => pixels.Length == 784 ? Results.Ok(Read(Array.ConvertAll(pixels, pixel => pixel / 255)))
    : Results.BadRequest($"A digit is 784 numbers, and {pixels.Length} were sent."));
app.MapGet("/digit/{image:int}", (int image) =>
{
    if (image < 0 || image >= mnist.Test.Images.Rows) return Results.NotFound($"There are images 0 to {mnist.Test.Images.Rows - 1}.");
    var pixels = new float[784];
    mnist.Test.Images.GatherRows([image], pixels);
    return Results.Ok(Read(pixels));
});
app.Run();

Answer Read(float[] pixels)
{
    var result = new float[10];
    predictor.Predict(pixels, result);
    var probabilities = Probabilities.Of(result, row: 0);
    var digit = Array.IndexOf(probabilities, probabilities.Max());
    return new Answer(digit, probabilities[digit]);
}

record Answer(int Digit, double Probability);
