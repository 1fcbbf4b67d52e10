// Gradient descent on y = x^2: the smallest training run there is. One variable, one loss, and twenty steps against the slope,
// each of which brings x a fifth of the way to the minimum at 0. The picture shows the tangent at every step, animated.
//
//   dotnet run -c Release examples/01-gradient-descent.cs            20 steps (nothing is random, so there is no seed)
//   dotnet run -c Release examples/01-gradient-descent.cs -- 5       fewer steps

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
using static SimpleFlow.Flow;

var steps = args is [var first, ..] && first != "--seed" ? int.Parse(first) : 20;

// Training changes a Variable and lowers the loss. The slope is a node like any other: back-propagation adds it to the graph,
// and you can ask a model for it.
var x = new Variable("x", [], Initializer.Constant(-1.5f));
var loss = x.Power(2, "x^2");
var slope = Gradients.Of(loss, x)[0];

// A step is x <- x - 0.1 * slope. The rate stays constant: its decay is 0.
var model = new Model(loss, predictions: slope, optimizer: new GradientDescent(learningRate: 0.1f, learningRateDecay: 0));

var feed = new Feed();                                  // this graph needs no input
var positions = new List<double>();
for (var step = 0; ; step++)
{
    positions.Add(x.Value);
    model.Predict(feed);
    Console.WriteLine($"step {step,2}   x = {x.Value,10:F7}   slope = {slope.Value,10:F7}");
    if (step == steps) break;
    model.Fit(feed, maxIterations: 1);
}

// For the picture, worked out on paper: the derivative of x^2 is 2x, which agrees with the slopes above.
var picture = Path.GetFullPath("out/01-gradient-descent.png");
DescentAnimation.Save(picture, v => v * v, v => 2 * v, positions, "f(x) = x²");
Console.WriteLine($"picture: {picture}");
